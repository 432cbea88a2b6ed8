package ephemeral

import (
	"errors"
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
	upper = upper.of(w.run)
	defer upper.close()
	lower, err := openOriginal(w.run, t.Path)
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
		conflict := w.since(low, changedOutside) // before anybody lists it
		if lowDir {
			if err := w.removedBeneath(path, name, lower); err != nil {
				return err
			}
		}
		w.add(path, Changed, low, up, conflict)
	default:
		conflict := w.since(low, changedOutside) // before anybody reads it
		same, err := sameFile(upper, up, lower, low, name)
		if err != nil {
			return &os.PathError{Op: "compare", Path: w.at(path), Err: err}
		}
		if !same {
			w.add(path, Changed, low, up, conflict)
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
	if low.Ctim.Nano() < w.run.Start.Nano() {
		return ""
	}
	if _, own, err := w.run.readModes(); err == nil && own[low.Ino] == low.Ctim.Nano() {
		return "" // only its mode was widened for a while, to look into it
	}
	return what
}

func (w *walker) add(inner string, k Kind, old, new *unix.Stat_t, conflict string) {
	w.found = append(w.found, Change{Path: w.at(inner), Kind: k, Old: old, New: new, Conflict: conflict, tree: w.tree, inner: inner})
}

func (w *walker) at(inner string) string { return filepath.Join(w.run.Trees[w.tree].Path, inner) }
