package undo

import (
	"io"
	"os"
	"sort"

	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// A Change is one thing that the run left otherwise than it was.
type Change struct {
	Kind ephemeral.Kind
	// Path is where it is, or was if it is gone, and From where it was if that is
	// elsewhere.
	Path, From string
	// Old and New are what it was and is; nil where there is none.
	Old, New *Meta
	node     *node
}

// Changes lists what the run left otherwise than it was, and what has not been taken
// back. The list does not hold a directory of which only the times differ, nor a file
// that was opened for writing and left as it was.
func (h *History) Changes(paths []string) ([]Change, error) {
	p, err := h.choose(paths)
	if err != nil {
		return nil, err
	}
	defer h.openDirs()()
	return h.changesOf(p.nodes)
}

func (h *History) changesOf(nodes []*node) ([]Change, error) {
	var all []Change
	for _, n := range nodes {
		c, err := h.change(n)
		if err != nil {
			return nil, err
		}
		if c.Kind != 0 {
			all = append(all, c)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Path < all[j].Path })
	return all, nil
}

func (h *History) change(n *node) (Change, error) {
	c := Change{Path: n.now(), node: n}
	if n.thing != nil && n.thing.first != nil && !n.made() {
		c.Old = n.thing.first.meta
	}
	if c.Path == "" {
		c.Path, c.Kind = n.where(), ephemeral.Removed
		return c, nil
	}
	m, err := h.look(c.Path)
	if err != nil && err != unix.ENOENT {
		return c, &fault.Error{Do: "look at", Path: c.Path, Err: err}
	}
	c.New = m
	switch {
	case n.made():
		if m != nil {
			c.Kind = ephemeral.Added
		}
	case m == nil:
		c.Kind = ephemeral.Removed
	case n.moves():
		c.Kind, c.From = ephemeral.Changed, n.was()
	case c.Old != nil && h.changed(n, c.Old, m):
		c.Kind = ephemeral.Changed
	}
	return c, nil
}

// changed reports whether something is otherwise than it was, besides times.
func (h *History) changed(n *node, old, now *Meta) bool {
	if old.Mode != now.Mode || old.UID != now.UID || old.GID != now.GID {
		return true
	}
	known := !old.Unread && (now.Mode&0o400 != 0 || os.Geteuid() == 0)
	if known && !sameAttributes(old.Attributes, now.Attributes) {
		return true
	}
	if n.thing.content == nil {
		return old.Is(unix.S_IFREG) && old.Mtim != now.Mtim // touch(1) alone
	}
	dir, name, err := openParent(n.now())
	if err != nil {
		return true
	}
	defer unix.Close(dir)
	same, err := (&plan{h: h}).same(dir, name, now, n.thing.content.saved)
	return err != nil || !same
}

// Before returns what the file of a change held before the run.
func (h *History) Before(c Change) ([]byte, error) {
	s := c.node.saved()
	if !s.exists() {
		return h.After(c) // only its name or its metadata changed
	}
	f, r, err := s.open(h.store)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(r)
}

// After returns what the file of a change holds now.
func (h *History) After(c Change) ([]byte, error) {
	dir, name, err := openParent(c.Path)
	if err != nil {
		return nil, err
	}
	defer unix.Close(dir)
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, unix.EINVAL
	}
	return io.ReadAll(f)
}

// stat is the metadata in the form of stat(2).
func (m *Meta) stat() *unix.Stat_t {
	if m == nil {
		return nil
	}
	return &unix.Stat_t{Mode: m.Mode, Uid: m.UID, Gid: m.GID, Size: m.Size, Mtim: m.Mtim}
}

// Count words how many things were added, changed and removed.
func Count(changes []Change) string {
	all := make([]ephemeral.Change, len(changes))
	for i, c := range changes {
		all[i] = c.Plain()
	}
	return ephemeral.Count(all)
}

// Plain is the change as of a run with --ephemeral.
func (c *Change) Plain() ephemeral.Change {
	return ephemeral.Change{Path: c.Path, Kind: c.Kind, Old: c.Old.stat(), New: c.New.stat()}
}
