package paths

import (
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Shut returns what on the way to path keeps the user uid out by its modes though it is
// that user's own: a directory, or path itself; "" if there is none. A command in a sandbox
// may have changed the modes, since no right of the kernel holds chmod. A sandbox that
// keeps path shut is told apart: Landlock refuses to open, but neither to look a name up
// nor to ask for access (landlock(7)). path must be absolute.
func Shut(path string, uid int) string {
	var st unix.Stat_t
	if unix.Stat(path, &st) == nil {
		if int(st.Uid) == uid && unix.Faccessat(unix.AT_FDCWD, path, unix.R_OK, unix.AT_EACCESS) == unix.EACCES {
			return path
		}
		return ""
	}
	for up := path; up != "/"; {
		if unix.Stat(up, &st) != unix.EACCES {
			return ""
		}
		up = spec.Parent(up)
		if unix.Stat(up, &st) == nil {
			if int(st.Uid) == uid {
				return up
			}
			return ""
		}
	}
	return ""
}
