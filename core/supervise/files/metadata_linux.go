package files

import (
	"strconv"
	"unsafe"

	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"golang.org/x/sys/unix"
)

// makeChange changes modes, owners, times or attributes of what lies at the place.
func (p *Plan) makeChange() unix.Errno {
	at, c := p.At, &p.change
	switch {
	case !at.Exists():
		return unix.ENOENT
	case at.Slash && !at.Is(unix.S_IFDIR):
		return unix.ENOTDIR
	}
	switch p.Attempt.Op {
	case attempt.Chmod:
		if at.Is(unix.S_IFLNK) {
			return unix.EOPNOTSUPP
		}
		return number(unix.Fchmodat(unix.AT_FDCWD, at.byItself(), p.Attempt.Mode&0o7777, 0))
	case attempt.Chown:
		// Of a symlink too: that is what Thing is then.
		return number(unix.Fchownat(at.Thing, "", c.uid, c.gid, unix.AT_EMPTY_PATH))
	case attempt.Utimes:
		return p.utimes()
	}
	switch p.Call {
	case "file_setattr":
		return p.fileAttributes()
	case "ioctl":
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(at.Thing), uintptr(uint32(p.call.Args[1])), uintptr(unsafe.Pointer(&c.value[0])))
		return errno
	}
	if c.remove {
		return number(at.removeAttribute(c.name))
	}
	return number(at.setAttribute(c.name, c.value, c.flags))
}

// utimes sets the times.
func (p *Plan) utimes() unix.Errno {
	at := p.At
	// Of what is no symlink the link of /proc is followed to the very thing.
	dir, name, flags := unix.AT_FDCWD, at.byItself(), 0
	if at.Is(unix.S_IFLNK) {
		dir, name, flags = at.Dir, at.Base, unix.AT_SYMLINK_NOFOLLOW
	}
	path, err := unix.BytePtrFromString(name)
	if err != nil {
		return unix.EINVAL
	}
	_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(dir), uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(p.change.times)), uintptr(flags), 0, 0)
	return errno
}

// fileAttributes is file_setattr(2), about the very thing.
func (p *Plan) fileAttributes() unix.Errno {
	const fileSetattr = 469 // since Linux 6.17
	empty := [1]byte{}
	data := p.change.value
	_, _, errno := unix.Syscall6(fileSetattr, uintptr(p.At.Thing), uintptr(unsafe.Pointer(&empty)), uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)), unix.AT_EMPTY_PATH, 0)
	return errno
}

func (p *Place) setAttribute(name string, value []byte, flags int) error {
	if p.Is(unix.S_IFLNK) {
		return unix.Lsetxattr(p.link(), name, value, flags)
	}
	return unix.Setxattr(p.byItself(), name, value, flags)
}

func (p *Place) removeAttribute(name string) error {
	if p.Is(unix.S_IFLNK) {
		return unix.Lremovexattr(p.link(), name)
	}
	return unix.Removexattr(p.byItself(), name)
}

// link is a path to the symlink that lies at the place.
func (p *Place) link() string { return "/proc/self/fd/" + strconv.Itoa(p.Dir) + "/" + p.Base }
