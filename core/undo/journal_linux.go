package undo

import (
	"os"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// A Place is a name about which something is to be done, held by descriptors so that it
// cannot become another meanwhile.
type Place struct {
	Dir    int    // the directory that the name is in, or -1 for what only Thing names
	Parent string // its path, free of symlinks
	Base   string // the name; "." for the directory itself
	Thing  int    // what lies there, with O_PATH; -1 for nothing
}

// Path is the whole path.
func (p *Place) Path() string {
	switch {
	case p.Base == ".":
		return p.Parent
	case p.Parent == "/":
		return "/" + p.Base
	}
	return p.Parent + "/" + p.Base
}

// A Journal writes what the changes of one run lose. Each method is called before the
// change and says whether it may be made: after an error it must not. The methods are
// not to be called at the same time, and no change may come between a call and its own.
//
// What is written is safe when this process is killed. What was written before Flush is
// safe from a power cut too, once that has run; of what follows the last may be missing,
// which reading finds out.
type Journal struct {
	store
	file, small *os.File
	size, smallSize,
	// next numbers the saved files.
	next int64
	call  int
	known map[ID]known
	// limit is how many bytes are copied at most, and used how many were.
	limit, used int64
	buffer      []byte // for small contents
	// flushed is how much of the journal is on the disk, or on the way to it, and copies
	// are the files of the store that were copied since.
	flushed int64
	copies  []int64
	broken  error
}

// known is what needs not be saved of an inode any more.
type known uint8

const (
	knownMeta known = 1 << iota
	knownContent
	own     // made by the run
	removed // a name of it was removed, and its metadata saved with that
)

// ErrLimit says that the original is larger than what is still to be saved.
const ErrLimit = fault.Text("the originals that it changes are larger than the limit of what is saved")

const errLost = fault.Text("the saved content is not whole: was there a power cut?")

// New begins the journal of a run in its directory. At most limit bytes are copied.
func New(dir string, limit int64) (*Journal, error) {
	j := &Journal{store: store{dir}, known: map[ID]known{}, limit: limit}
	if err := j.store.make(); err != nil {
		return nil, err
	}
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL | os.O_APPEND
	var err error
	if j.file, err = os.OpenFile(j.journal(), flags, 0o600); err != nil {
		return nil, err
	}
	if j.small, err = os.OpenFile(j.store.small(), flags, 0o600); err != nil {
		return nil, err
	}
	return j, j.append(&j.size, j.file, []byte(journalHeader+"\n"))
}

// append writes b whole or not at all.
func (j *Journal) append(size *int64, f *os.File, b []byte) error {
	if j.broken != nil {
		return j.broken
	}
	if _, err := f.Write(b); err != nil {
		if e := f.Truncate(*size); e != nil {
			j.broken = e // what is half written would spoil all that comes after
		}
		return err
	}
	*size += int64(len(b))
	return nil
}

func (j *Journal) write(r record) error {
	r.call = j.call
	return j.append(&j.size, j.file, r.line())
}

// Begin begins a system call.
func (j *Journal) Begin() { j.call++ }

// Fail tells that the call which began last has changed no name.
func (j *Journal) Fail() error { return j.write(record{op: opFail}) }

// Content saves the content of a regular file that is about to change, and its
// metadata.
func (j *Journal) Content(p *Place) error {
	m, err := metaAt(p.Thing, "")
	if err != nil || !m.Is(unix.S_IFREG) || j.known[m.ID]&(knownContent|own) != 0 {
		return err
	}
	if err := j.around(p); err != nil {
		return err
	}
	hide, err := j.show(p.Thing, p.Path(), m, true)
	if err != nil {
		return err
	}
	defer hide()
	if m.Attributes, err = attributesOf(p.Thing); err != nil {
		return err
	}
	s, err := j.copy(p.Thing, m)
	if err != nil {
		return err
	}
	if err := j.write(record{op: opContent, path: p.Path(), meta: m, saved: s}); err != nil {
		return err
	}
	j.known[m.ID] |= knownContent | knownMeta
	return nil
}

// Metadata saves what chmod, chown, utimes and the extended attributes are about to
// change.
func (j *Journal) Metadata(p *Place) error { return j.metadata(p.Thing, p.Path()) }

func (j *Journal) metadata(fd int, path string) error {
	m, err := metaAt(fd, "")
	if err != nil || j.known[m.ID]&^removed != 0 {
		return err
	}
	hide, err := j.show(fd, path, m, false)
	if err != nil {
		return err
	}
	defer hide()
	if m.Attributes, err = attributesOf(fd); err != nil {
		return err
	}
	if err := j.write(record{op: opMeta, path: path, meta: m}); err != nil {
		return err
	}
	j.known[m.ID] |= knownMeta
	return nil
}

// around saves the times of the directory of a name.
func (j *Journal) around(p *Place) error {
	if p.Dir < 0 || p.Base == "." {
		return nil
	}
	return j.metadata(p.Dir, p.Parent)
}

// Make tells that a name is about to be made where there is none.
func (j *Journal) Make(p *Place) error {
	if err := j.around(p); err != nil {
		return err
	}
	return j.write(record{op: opMake, path: p.Path()})
}

// Made tells that what lies at the place now was made by the run, and not only its
// name: nothing of it is ever saved.
func (j *Journal) Made(p *Place) error {
	m, err := metaAt(p.Dir, p.Base)
	if err == nil {
		j.known[m.ID] |= own
	}
	return err
}

// Own reports whether the run itself made what the descriptor is.
func (j *Journal) Own(fd int) bool {
	m, err := metaAt(fd, "")
	return err == nil && j.known[m.ID]&own != 0
}

// Removed reports whether the run removed a name of what the descriptor is.
func (j *Journal) Removed(fd int) bool {
	m, err := metaAt(fd, "")
	return err == nil && j.known[m.ID]&removed != 0
}

// Remove saves what is about to lose this name.
func (j *Journal) Remove(p *Place) error {
	if err := j.around(p); err != nil {
		return err
	}
	m, err := metaAt(p.Thing, "")
	if err != nil {
		return err
	}
	r := record{op: opRemove, path: p.Path(), meta: m}
	if j.known[m.ID]&own == 0 {
		j.known[m.ID] |= removed
		hide, err := j.show(p.Thing, p.Path(), m, false)
		if err != nil {
			return err
		}
		defer hide()
		if m.Attributes, err = attributesOf(p.Thing); err != nil {
			return err
		}
		if m.Is(unix.S_IFLNK) {
			if r.target, err = readLink(p.Dir, p.Base); err != nil {
				return err
			}
		}
		if r.saved, err = j.link(p, m); err != nil {
			return err
		}
	}
	return j.write(r)
}

// Move tells that a name is about to become another. What lies at the other is lost.
func (j *Journal) Move(from, to *Place) error {
	m, err := metaAt(from.Thing, "")
	if err != nil {
		return err
	}
	if to.Thing >= 0 {
		there, err := metaAt(to.Thing, "")
		if err != nil {
			return err
		}
		if there.ID == m.ID {
			return nil // rename(2) does nothing for two names of one file
		}
		if err := j.Remove(to); err != nil {
			return err
		}
	}
	if err := j.moving(from, to, m); err != nil {
		return err
	}
	return j.write(record{op: opMove, path: from.Path(), to: to.Path(), meta: m})
}

// Swap tells that two names are about to be exchanged.
func (j *Journal) Swap(a, b *Place) error {
	m, err := metaAt(a.Thing, "")
	if err != nil {
		return err
	}
	other, err := metaAt(b.Thing, "")
	if err != nil {
		return err
	}
	if err := j.moving(a, b, m); err != nil {
		return err
	}
	if other.Is(unix.S_IFDIR) {
		if err := j.Metadata(b); err != nil {
			return err
		}
	}
	return j.write(record{op: opSwap, path: a.Path(), to: b.Path(), meta: m})
}

// moving saves the metadata that a rename changes by the way.
func (j *Journal) moving(from, to *Place, m *Meta) error {
	if err := j.around(from); err != nil {
		return err
	}
	if err := j.around(to); err != nil {
		return err
	}
	if m.Is(unix.S_IFDIR) {
		return j.Metadata(from)
	}
	return nil
}
