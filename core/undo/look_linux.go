package undo

import (
	"os"

	"golang.org/x/sys/unix"
)

// openDirs lets this user look into the directories that the run touched and whose modes
// forbid that to their own owner. What it returns puts the modes back.
func (h *History) openDirs() func() {
	if os.Geteuid() == 0 {
		return func() {}
	}
	h.modes = map[string]uint32{}
	var opened []string
	for _, n := range sorted(h.touched(), (*node).now, false) {
		path := n.now()
		if path == "" || !n.isDir && !n.made() {
			continue
		}
		if mode, ok := openUp(path); ok {
			h.modes[path] = mode
			opened = append(opened, path)
		}
	}
	return func() {
		for i := len(opened) - 1; i >= 0; i-- {
			dir, name, err := openParent(opened[i])
			if err != nil {
				continue
			}
			unix.Fchmodat(dir, name, h.modes[opened[i]]&0o7777, unix.AT_SYMLINK_NOFOLLOW)
			unix.Close(dir)
		}
		h.modes = nil
	}
}

// openUp gives the owner every right to the directory at path, and returns the mode that
// it had. ok is false where that was not necessary, or failed, which what comes next says.
func openUp(path string) (mode uint32, ok bool) {
	dir, name, err := openParent(path)
	if err != nil {
		return 0, false
	}
	defer unix.Close(dir)
	m, err := metaAt(dir, name)
	if err != nil || !m.Is(unix.S_IFDIR) || m.Mode&0o700 == 0o700 {
		return 0, false
	}
	return m.Mode, unix.Fchmodat(dir, name, m.Mode&0o7777|0o700, unix.AT_SYMLINK_NOFOLLOW) == nil
}

// look is metaOf, with the modes that directories have when they are not held open.
func (h *History) look(path string) (*Meta, error) {
	m, err := metaOf(path)
	if mode, ok := h.modes[path]; ok && err == nil {
		m.Mode = mode
	}
	return m, err
}
