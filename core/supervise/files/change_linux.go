package files

import (
	"encoding/binary"

	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// A change is what a call of the group metadata wants to set, copied out of the caller's
// memory once.
type change struct {
	uid, gid int
	times    *[2]unix.Timespec // nil for now
	// Of an attribute; value is also the struct of file_setattr(2).
	name   string
	value  []byte
	flags  int
	remove bool
}

// changeOf reads what c wants to set. The errno is the kernel's for arguments that are
// wrong in themselves, which it looks at before it looks at any path.
func changeOf(c *supervise.Call, a *attempt.Attempt, p *caller.Process) (ch change, errno unix.Errno) {
	switch c.Name {
	case "fchmodat2", "fchownat", "utimensat", "setxattrat", "removexattrat", "file_setattr":
		if a.Flags&^(unix.AT_SYMLINK_NOFOLLOW|unix.AT_EMPTY_PATH) != 0 {
			return ch, unix.EINVAL
		}
	}
	switch {
	case a.Op == attempt.Chown:
		n := 1
		if c.Name == "fchownat" {
			n = 2
		}
		ch.uid, ch.gid = int(c.Int(n)), int(c.Int(n+1))
	case a.Op == attempt.Utimes:
		ch.times, errno = timesOf(c, p)
	case c.Name == "ioctl":
		errno = ch.ioctl(c, p)
	case c.Name == "file_setattr":
		errno = ch.fileAttributes(c, p)
	case a.Op == attempt.SetAttribute:
		errno = ch.attribute(c, p)
	}
	return ch, errno
}

// timesOf reads the times in the form of the call. On amd64 and arm64 a long is 8 bytes.
func timesOf(c *supervise.Call, p *caller.Process) (*[2]unix.Timespec, unix.Errno) {
	n, size := 1, 32
	switch c.Name {
	case "utime":
		size = 16
	case "futimesat", "utimensat":
		n = 2
	}
	if c.Args[n] == 0 {
		return nil, 0
	}
	buf := make([]byte, size)
	if err := p.Read(c.Args[n], buf); err != nil {
		return nil, number(err)
	}
	word := func(n int) int64 { return int64(binary.NativeEndian.Uint64(buf[8*n:])) }
	if c.Name == "utime" {
		return &[2]unix.Timespec{{Sec: word(0)}, {Sec: word(1)}}, 0
	}
	times := &[2]unix.Timespec{{Sec: word(0), Nsec: word(1)}, {Sec: word(2), Nsec: word(3)}}
	if c.Name == "utimensat" {
		return times, 0
	}
	for n := range times {
		if times[n].Nsec < 0 || times[n].Nsec >= 1e6 {
			return nil, unix.EINVAL
		}
		times[n].Nsec *= 1000
	}
	return times, 0
}

// The bounds of linux/limits.h.
const (
	mostOfName  = 256   // XATTR_NAME_MAX and the byte that ends it
	mostOfValue = 65536 // XATTR_SIZE_MAX
)

// attribute reads what is to be done to an extended attribute.
func (ch *change) attribute(c *supervise.Call, p *caller.Process) unix.Errno {
	arg := c.Args
	name, value, size, flags := arg[1], arg[2], arg[3], arg[4]
	switch c.Name {
	case "removexattr", "lremovexattr", "fremovexattr":
		ch.remove = true
	case "removexattrat":
		ch.remove, name = true, arg[3]
	case "setxattrat":
		// struct xattr_args (linux/xattr.h): value, size, flags.
		name = arg[3]
		var args [16]byte
		if arg[5] != uint64(len(args)) {
			return unix.EINVAL
		}
		if err := p.Read(arg[4], args[:]); err != nil {
			return number(err)
		}
		value = binary.NativeEndian.Uint64(args[:])
		size = uint64(binary.NativeEndian.Uint32(args[8:]))
		flags = uint64(binary.NativeEndian.Uint32(args[12:]))
	}
	ch.flags = int(int32(flags))
	if !ch.remove && ch.flags&^(unix.XATTR_CREATE|unix.XATTR_REPLACE) != 0 {
		return unix.EINVAL
	}
	var err error
	ch.name, err = p.String(name, mostOfName)
	switch {
	case err == unix.ENAMETOOLONG || err == nil && ch.name == "":
		return unix.ERANGE
	case err != nil:
		return number(err)
	case ch.remove:
		return 0
	case size > mostOfValue:
		return unix.E2BIG
	}
	ch.value = make([]byte, size)
	return number(p.Read(value, ch.value))
}

// fileAttributes reads the struct of file_setattr(2), which may grow in later kernels.
func (ch *change) fileAttributes(c *supervise.Call, p *caller.Process) unix.Errno {
	const most = 4096
	size := c.Args[3]
	switch {
	case size > most:
		return unix.E2BIG
	case size == 0:
		return unix.EINVAL
	}
	ch.value = make([]byte, size)
	return number(p.Read(c.Args[2], ch.value))
}

// ioctl reads the argument of FS_IOC_SETFLAGS, which is an int whatever its name says, or
// of FS_IOC_FSSETXATTR, a struct fsxattr (linux/fs.h).
func (ch *change) ioctl(c *supervise.Call, p *caller.Process) unix.Errno {
	switch uint32(c.Args[1]) {
	case fsSetFlags:
		ch.value = make([]byte, 4)
	case fsSetXattr:
		ch.value = make([]byte, 28)
	default:
		return unix.EPERM
	}
	return number(p.Read(c.Args[2], ch.value))
}

const (
	fsSetFlags = 0x40086602
	fsSetXattr = 0x401c5820
)
