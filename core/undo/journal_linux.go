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
