package chains

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// In a private directory other programs make, replace and remove names as well, and the
// Keeper's lock does not hold them: what was found before a call may be another's when the
// call is made. So no name is replaced there, and what was taken away is looked at.

// private reports whether one of the directories is private.
func private(dirs ...*Dir) bool {
	for _, d := range dirs {
		if d != nil && d.private {
			return true
		}
	}
	return false
}

// removePrivate removes the name of a file in a private directory: it moves the file into
// the pool, where nobody else replaces it, and looks at what came. A file that has no other
// name serves again.
func (p *pool) removePrivate(plan *files.Plan) error {
	at, serves := plan.At, false
	// A name of its own: another program's file stays where its old name is taken by now.
	name := "t" + strconv.FormatUint(at.Stat.Ino, 10)
	if n := len(p.free); n > 0 && at.Is(unix.S_IFREG) && at.Stat.Nlink == 1 {
		name, serves = p.free[n-1], true
	}
	if err := unix.Renameat2(at.Dir, at.Name(), p.fd, name, unix.RENAME_NOREPLACE); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Fstatat(p.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil || st.Dev != at.Stat.Dev || st.Ino != at.Stat.Ino {
		unix.Renameat2(p.fd, name, at.Dir, at.Base, unix.RENAME_NOREPLACE)
		return unix.EAGAIN
	}
	if serves {
		p.free = p.free[:len(p.free)-1]
		p.used = append(p.used, name)
		return nil
	}
	return unix.Unlinkat(p.fd, name, 0)
}
