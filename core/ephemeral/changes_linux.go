package ephemeral

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Kind says what happened to a name.
type Kind uint8

// The kinds of a change.
const (
	Added   Kind = iota + 1 // the name is new
	Changed                 // the name was there; its content, kind or metadata differ
	Removed                 // the name was there and is gone
)

func (k Kind) String() string { return [...]string{"?", "added", "changed", "removed"}[k] }

// A Change is one name that a run left otherwise than it was.
type Change struct {
	// Path is absolute: where the command saw the name.
	Path string
	Kind Kind
	// Old and New are what the name was and is; nil where there is none. Old is read
	// from the original now, not when the run began.
	Old, New *unix.Stat_t
	// Conflict says what somebody outside did to the original since the run began,
	// or "". Keeping such a change would lose the work of that other.
	Conflict string

	tree  int    // the index of the tree in the run
	inner string // the path within the tree, "." for its top
}

// Conflicts that Change.Conflict tells.
const (
	changedOutside = "the original was made or changed outside since the run began"
	goneOutside    = "the original was removed outside since the run began"
)

// Changes lists what the run changed, directories before what is in them. The list
// does not hold a directory of which only the time of the last change differs, nor a
// file that the command opened for writing and left as it was.
func (r *Run) Changes() ([]Change, error) {
	var all []Change
	for i := range r.Trees {
		w := walker{run: r, tree: i}
		if err := w.tops(); err != nil {
			return nil, err
		}
		all = append(all, w.found...)
	}
	return all, nil
}

// A walker compares one upper layer with its lower layer.
type walker struct {
	run   *Run
	tree  int
	found []Change
}

func (w *walker) tops() error {
	t := w.run.Trees[w.tree]
	if t.File {
		return w.file(t)
	}
	upper, err := openRoot(w.run.upper(w.tree))
	if err != nil {
		return err
	}
	defer upper.close()
	lower, err := openRoot(t.Path)
	if errors.Is(err, os.ErrNotExist) {
		lower, err = noDir, nil
	}
	if err != nil {
		return err
	}
	defer lower.close()
	up, err := upper.stat(".")
	if err != nil {
		return err
	}
	low, err := lower.stat(".")
	if err != nil {
		return err
	}
	if low != nil && metadataDiffers(up, low) {
		w.add(".", Changed, low, up, "")
	}
	return w.entries(".", upper, lower, false)
}

// entries compares what is in the directory inner of both layers. In an opaque
// directory every name of the lower layer is hidden, so one that the upper layer does
// not have was removed.
func (w *walker) entries(inner string, upper, lower dir, opaque bool) error {
	names, err := upper.names()
	if err != nil {
		return &os.PathError{Op: "list", Path: w.at(inner), Err: err}
	}
	seen := map[string]bool{}
	for _, name := range names {
		seen[name] = true
		if err := w.entry(inner, name, upper, lower); err != nil {
			return err
		}
	}
	if !opaque {
		return nil
	}
	names, err = lower.names()
	if err != nil {
		return &os.PathError{Op: "list", Path: w.at(inner), Err: err}
	}
	for _, name := range names {
		if seen[name] {
			continue
		}
		if err := w.removed(join(inner, name), name, lower); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) entry(inner, name string, upper, lower dir) error {
	path := join(inner, name)
	up, err := upper.stat(name)
	if err != nil || up == nil {
		return err
	}
	if upper.isWhiteout(name, up) {
		return w.removed(path, name, lower)
	}
	low, err := lower.stat(name)
	if err != nil {
		return err
	}
	upDir, lowDir := isDir(up), low != nil && isDir(low)
	switch {
	case low == nil:
		// A file of the original that somebody removed meanwhile and that the command
		// changed counts as new: an upper layer does not tell the two apart.
		w.add(path, Added, nil, up, "")
	case upDir && lowDir:
		// The kernel copies up every directory on the way to a change.
		if metadataDiffers(up, low) || !sameAttributes(upper, up, lower, low, name) {
			w.add(path, Changed, low, up, "")
		}
	case upDir != lowDir:
		if lowDir {
			if err := w.removedBeneath(path, name, lower); err != nil {
				return err
			}
		}
		w.add(path, Changed, low, up, w.since(low, changedOutside))
	default:
		same, err := sameFile(upper, up, lower, low, name)
		if err != nil {
			return &os.PathError{Op: "compare", Path: w.at(path), Err: err}
		}
		if !same {
			w.add(path, Changed, low, up, w.since(low, changedOutside))
		}
	}
	if !upDir {
		return nil
	}
	upSub, err := upper.sub(name)
	if err != nil {
		return &os.PathError{Op: "open", Path: w.at(path), Err: errors.Unwrap(err)}
	}
	defer upSub.close()
	lowSub := noDir
	if lowDir {
		if lowSub, err = lower.sub(name); err != nil {
			return err
		}
		defer lowSub.close()
	}
	return w.entries(path, upSub, lowSub, upper.isOpaque(name))
}

// removed records that name and all beneath it are gone.
func (w *walker) removed(path, name string, lower dir) error {
	low, err := lower.stat(name)
	if err != nil || low == nil {
		return err // Somebody removed the original too.
	}
	w.add(path, Removed, low, nil, w.since(low, changedOutside))
	if !isDir(low) {
		return nil
	}
	return w.removedBeneath(path, name, lower)
}

func (w *walker) removedBeneath(path, name string, lower dir) error {
	sub, err := lower.sub(name)
	if err != nil {
		return err
	}
	defer sub.close()
	names, err := sub.names()
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := w.removed(join(path, n), n, sub); err != nil {
			return err
		}
	}
	return nil
}

// since returns what if the original changed after the run began. The kernel sets the
// time of a status change itself and no program can set that time (inode(7)).
func (w *walker) since(low *unix.Stat_t, what string) string {
	if low.Ctim.Nano() >= w.run.Start.Nano() {
		return what
	}
	return ""
}

func (w *walker) add(inner string, k Kind, old, new *unix.Stat_t, conflict string) {
	w.found = append(w.found, Change{Path: w.at(inner), Kind: k, Old: old, New: new, Conflict: conflict, tree: w.tree, inner: inner})
}

func (w *walker) at(inner string) string { return filepath.Join(w.run.Trees[w.tree].Path, inner) }

// file compares the copy of a file that is granted by itself with the original.
func (w *walker) file(t Tree) error {
	upper, err := openRoot(filepath.Dir(w.run.upper(w.tree)))
	if err != nil {
		return err
	}
	defer upper.close()
	lower, err := openRoot(filepath.Dir(t.Path))
	if errors.Is(err, os.ErrNotExist) {
		lower, err = noDir, nil
	}
	if err != nil {
		return err
	}
	defer lower.close()
	up, err := upper.stat(copyName)
	if err != nil || up == nil {
		return err
	}
	low, err := lower.stat(filepath.Base(t.Path))
	if err != nil {
		return err
	}
	if low == nil {
		w.add(".", Added, nil, up, goneOutside)
		return nil
	}
	if isDir(low) {
		w.add(".", Changed, low, up, changedOutside)
		return nil
	}
	same, err := sameContent(upper, copyName, lower, filepath.Base(t.Path))
	if err == nil && (!same || metadataDiffers(up, low)) {
		w.add(".", Changed, low, up, w.since(low, changedOutside))
	}
	return err
}

func isDir(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFDIR }

func metadataDiffers(a, b *unix.Stat_t) bool {
	return a.Mode != b.Mode || a.Uid != b.Uid || a.Gid != b.Gid
}

// sameFile reports whether two entries that are no directories are the same in kind,
// metadata and content. The content is always read: the command can set sizes and
// times as it likes.
func sameFile(upper dir, up *unix.Stat_t, lower dir, low *unix.Stat_t, name string) (bool, error) {
	if metadataDiffers(up, low) || up.Rdev != low.Rdev || up.Mtim != low.Mtim && up.Mode&unix.S_IFMT != unix.S_IFREG {
		return false, nil
	}
	if !sameAttributes(upper, up, lower, low, name) {
		return false, nil
	}
	switch up.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		a, err := upper.link(name)
		if err != nil {
			return false, err
		}
		b, err := lower.link(name)
		return a == b, err
	case unix.S_IFREG:
		if up.Size != low.Size || up.Mtim != low.Mtim {
			return false, nil
		}
		return sameContent(upper, name, lower, name)
	}
	return true, nil
}

func sameAttributes(upper dir, up *unix.Stat_t, lower dir, low *unix.Stat_t, name string) bool {
	a, err := upper.attributes(name, up)
	if err != nil {
		return false
	}
	b, err := lower.attributes(name, low)
	return err == nil && maps.Equal(a, b)
}

// sameContent compares two files of the same size. A file that cannot be read counts
// as changed.
func sameContent(upper dir, a string, lower dir, b string) (bool, error) {
	f, err := upper.open(a)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	g, err := lower.open(b)
	if err != nil {
		return false, nil
	}
	defer g.Close()
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err1 := io.ReadFull(f, x)
		m, err2 := io.ReadFull(g, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if err1 != nil || err2 != nil {
			return end(err1) && end(err2), nil
		}
	}
}

func end(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// open opens a regular file for reading.
func (d dir) open(name string) (*os.File, error) {
	fd, err := openat2(d.fd, name, &unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	})
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}
