package files

import (
	"golang.org/x/sys/unix"
)

// names makes, removes or renames a name.
func (p *Plan) names() unix.Errno {
	at, a := p.At, &p.Attempt
	if at.Dir < 0 && p.Call != "linkat" {
		return unix.EACCES
	}
	switch p.Call {
	case "mkdir", "mkdirat":
		return number(unix.Mkdirat(at.Dir, at.Name(), a.Mode))
	case "mknod", "mknodat":
		return number(unix.Mknodat(at.Dir, at.Name(), a.Mode, 0))
	case "symlink", "symlinkat":
		return number(unix.Symlinkat(a.Content, at.Dir, at.Name()))
	case "rmdir":
		return number(unix.Unlinkat(at.Dir, at.Name(), unix.AT_REMOVEDIR))
	case "unlink", "unlinkat":
		return number(unix.Unlinkat(at.Dir, at.Name(), int(a.Flags)))
	case "rename", "renameat", "renameat2":
		return number(unix.Renameat2(at.Dir, at.Name(), p.To.Dir, p.To.Name(), uint(a.Flags)))
	case "link", "linkat":
		return p.link()
	}
	return unix.EACCES
}

// link gives what the plan has found one more name: that very thing, whatever its old
// name leads to by now.
func (p *Plan) link() unix.Errno {
	at, to := p.At, p.To
	switch {
	case !at.Exists():
		return unix.ENOENT
	case at.Slash && !at.Is(unix.S_IFDIR):
		return unix.ENOTDIR
	case at.Is(unix.S_IFLNK):
		// It cannot be followed by itself without being followed to its end.
		if at.Dir < 0 {
			return unix.EACCES
		}
		return number(unix.Linkat(at.Dir, at.Base, to.Dir, to.Name(), 0))
	}
	return number(unix.Linkat(unix.AT_FDCWD, at.byItself(), to.Dir, to.Name(), unix.AT_SYMLINK_FOLLOW))
}

// number is err as an errno.
func number(err error) unix.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EACCES
}
