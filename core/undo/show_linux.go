package undo

import (
	"os"

	"golang.org/x/sys/unix"
)

// show lets the owner of what thing is read its content and attributes where the mode
// forbids even that, and returns what puts the mode back. The mode is in the journal before
// it is changed. content tells that the content is wanted too.
func (j *Journal) show(thing int, path string, m *Meta, content bool) (hide func(), err error) {
	hide = func() {}
	if m.Mode&0o400 != 0 || m.Is(unix.S_IFLNK) || os.Geteuid() == 0 || int(m.UID) != os.Geteuid() || !content && !hasAttributes(thing) {
		return hide, nil
	}
	if j.known[m.ID]&^removed == 0 {
		if err := j.write(record{op: opMeta, path: path, target: unread, meta: m}); err != nil {
			return hide, err
		}
	}
	if err := unix.Chmod(procFD(thing), m.Mode&0o7777|0o400); err != nil {
		return hide, err
	}
	return func() { unix.Chmod(procFD(thing), m.Mode&0o7777) }, nil
}
