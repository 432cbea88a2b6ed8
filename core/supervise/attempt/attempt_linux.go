// Package attempt says of a held system call what it tries: which operation, on which
// path. All of it is the caller's claim, copied out of its memory once.
package attempt

import (
	"encoding/binary"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise"
	"golang.org/x/sys/unix"
)

// An Attempt is one operation on one path, or two.
type Attempt struct {
	Op   query.Op
	Dir  int32 // the descriptor that Path is relative to; AT_FDCWD for none
	Path string
	// ToDir and To are the second path of a rename or link.
	ToDir int32
	To    string
	// Flags are open's, renameat2's, linkat's or unlinkat's, and Mode is what a new
	// file is to have.
	Flags uint64
	Mode  uint32
	// Content is what a new symlink is to say.
	Content string
	// Resolve are openat2's flags of that name.
	Resolve uint64
	// NoFollow tells that a symlink at the end of Path is not followed, and Descriptor
	// that there is no path: what Dir is open on is meant.
	NoFollow, Descriptor bool
}

// shape says where a call has its parts: the indexes of its arguments, -1 for none.
type shape struct {
	op                            query.Op
	dir, path, toDir, to          int
	flags, mode, content, pointer int
	noFollow                      bool
}

func at(op query.Op, dir, path int) shape {
	return shape{op: op, dir: dir, path: path, toDir: -1, to: -1, flags: -1, mode: -1, content: -1, pointer: -1}
}

func (s shape) withFlags(n int) shape     { s.flags = n; return s }
func (s shape) withMode(n int) shape      { s.mode = n; return s }
func (s shape) withTo(dir, to int) shape  { s.toDir, s.to = dir, to; return s }
func (s shape) withContent(n int) shape   { s.content = n; return s }
func (s shape) ofTheName() shape          { s.noFollow = true; return s }
func (s shape) withHow(pointer int) shape { s.pointer = pointer; return s }

// shapes are the calls that take a path, by their prototypes in the manual.
var shapes = map[string]shape{
	"open":     at(query.Read, -1, 0).withFlags(1).withMode(2),
	"openat":   at(query.Read, 0, 1).withFlags(2).withMode(3),
	"openat2":  at(query.Read, 0, 1).withHow(2),
	"creat":    at(query.Write, -1, 0).withMode(1),
	"truncate": at(query.Truncate, -1, 0),
	"execve":   at(query.Execute, -1, 0),
	"execveat": at(query.Execute, 0, 1).withFlags(4),

	"mkdir":     at(query.Mkdir, -1, 0).withMode(1).ofTheName(),
	"mkdirat":   at(query.Mkdir, 0, 1).withMode(2).ofTheName(),
	"rmdir":     at(query.Rmdir, -1, 0).ofTheName(),
	"unlink":    at(query.Delete, -1, 0).ofTheName(),
	"unlinkat":  at(query.Delete, 0, 1).withFlags(2).ofTheName(),
	"rename":    at(query.RenameTo, -1, 0).withTo(-1, 1).ofTheName(),
	"renameat":  at(query.RenameTo, 0, 1).withTo(2, 3).ofTheName(),
	"renameat2": at(query.RenameTo, 0, 1).withTo(2, 3).withFlags(4).ofTheName(),
	"link":      at(query.LinkTo, -1, 0).withTo(-1, 1).ofTheName(),
	"linkat":    at(query.LinkTo, 0, 1).withTo(2, 3).withFlags(4).ofTheName(),
	"symlink":   at(query.Symlink, -1, 1).withContent(0).ofTheName(),
	"symlinkat": at(query.Symlink, 1, 2).withContent(0).ofTheName(),
	"mknod":     at(query.Mkfifo, -1, 0).withMode(1).ofTheName(),
	"mknodat":   at(query.Mkfifo, 0, 1).withMode(2).ofTheName(),

	"chmod":         at(Chmod, -1, 0).withMode(1),
	"fchmod":        at(Chmod, 0, -1).withMode(1),
	"fchmodat":      at(Chmod, 0, 1).withMode(2),
	"fchmodat2":     at(Chmod, 0, 1).withMode(2).withFlags(3),
	"chown":         at(Chown, -1, 0),
	"lchown":        at(Chown, -1, 0).ofTheName(),
	"fchown":        at(Chown, 0, -1),
	"fchownat":      at(Chown, 0, 1).withFlags(4),
	"utime":         at(Utimes, -1, 0),
	"utimes":        at(Utimes, -1, 0),
	"futimesat":     at(Utimes, 0, 1),
	"utimensat":     at(Utimes, 0, 1).withFlags(3),
	"setxattr":      at(SetAttribute, -1, 0),
	"lsetxattr":     at(SetAttribute, -1, 0).ofTheName(),
	"fsetxattr":     at(SetAttribute, 0, -1),
	"setxattrat":    at(SetAttribute, 0, 1).withFlags(2),
	"removexattr":   at(SetAttribute, -1, 0),
	"lremovexattr":  at(SetAttribute, -1, 0).ofTheName(),
	"fremovexattr":  at(SetAttribute, 0, -1),
	"removexattrat": at(SetAttribute, 0, 1).withFlags(2),
	"file_setattr":  at(SetAttribute, 0, 1).withFlags(4),
	"ioctl":         at(SetAttribute, 0, -1), // FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR
}

// The changes to a file that Landlock asks nothing about.
const (
	Chmod        query.Op = "chmod"
	Chown        query.Op = "chown"
	Utimes       query.Op = "utimes"
	SetAttribute query.Op = "setxattr" // extended attributes, and those of file_setattr(2)
)

// Metadata reports whether the call changes no more than modes, owners, times or
// attributes.
func (a *Attempt) Metadata() bool {
	switch a.Op {
	case Chmod, Chown, Utimes, SetAttribute:
		return true
	}
	return false
}

// Of reads what c tries. The error is the errno that the kernel would return for
// arguments that cannot be read, or unix.ENOSYS for a call without a path.
func Of(c *supervise.Call) (Attempt, error) {
	s, ok := shapes[c.Name]
	if !ok {
		return Attempt{}, unix.ENOSYS
	}
	a := Attempt{Op: s.op, Dir: unix.AT_FDCWD, ToDir: unix.AT_FDCWD, NoFollow: s.noFollow}
	var err error
	if s.flags >= 0 {
		a.Flags = uint64(uint32(c.Args[s.flags]))
	}
	if s.mode >= 0 {
		a.Mode = uint32(c.Args[s.mode])
	}
	if s.dir >= 0 {
		a.Dir = c.Int(s.dir)
	}
	switch {
	case s.path < 0 || (c.Name == "utimensat" || c.Name == "futimesat") && c.Args[s.path] == 0:
		a.Descriptor = true
	default:
		if a.Path, err = c.Path(s.path); err != nil {
			return a, err
		}
	}
	if s.to >= 0 {
		if a.To, err = c.Path(s.to); err != nil {
			return a, err
		}
	}
	if s.toDir >= 0 {
		a.ToDir = c.Int(s.toDir)
	}
	if s.content >= 0 {
		if a.Content, err = c.Path(s.content); err != nil {
			return a, err
		}
	}
	if s.pointer >= 0 {
		if err := a.how(c, s.pointer); err != nil {
			return a, err
		}
	}
	a.refine(c.Name)
	return a, nil
}

// how reads the struct open_how of openat2(2).
func (a *Attempt) how(c *supervise.Call, n int) error {
	p, err := c.Caller()
	if err != nil {
		return err
	}
	var how [24]byte
	if err := p.Read(c.Args[n], how[:]); err != nil {
		return err
	}
	a.Flags = binary.NativeEndian.Uint64(how[:])
	a.Mode = uint32(binary.NativeEndian.Uint64(how[8:]))
	a.Resolve = binary.NativeEndian.Uint64(how[16:])
	return nil
}

// refine makes the operation what the flags say.
func (a *Attempt) refine(call string) {
	switch call {
	case "creat":
		a.Flags = unix.O_CREAT | unix.O_WRONLY | unix.O_TRUNC
	case "unlinkat":
		if a.Flags&unix.AT_REMOVEDIR != 0 {
			a.Op = query.Rmdir
		}
	case "mknod", "mknodat":
		switch a.Mode & unix.S_IFMT {
		case unix.S_IFREG, 0:
			a.Op = query.Create
		case unix.S_IFCHR, unix.S_IFBLK:
			a.Op = query.Mkdev
		case unix.S_IFSOCK:
			a.Op = query.Mksock
		}
	case "open", "openat", "openat2":
		const exclusive = unix.O_CREAT | unix.O_EXCL
		a.NoFollow = a.Flags&unix.O_NOFOLLOW != 0 || a.Flags&exclusive == exclusive
		a.Op = openOp(a.Flags)
	case "linkat":
		a.NoFollow = a.Flags&unix.AT_SYMLINK_FOLLOW == 0
		a.Descriptor = a.Flags&unix.AT_EMPTY_PATH != 0 && a.Path == ""
	case "fchmodat2", "fchownat", "utimensat", "setxattrat", "removexattrat", "file_setattr":
		a.NoFollow = a.Flags&unix.AT_SYMLINK_NOFOLLOW != 0
		a.Descriptor = a.Descriptor || a.Flags&unix.AT_EMPTY_PATH != 0 && a.Path == ""
	}
}

// openOp is what open(2) with flags does.
func openOp(flags uint64) query.Op {
	switch {
	case flags&(unix.O_CREAT|unix.O_EXCL) == unix.O_CREAT|unix.O_EXCL:
		return query.Create
	case flags&unix.O_ACCMODE == unix.O_WRONLY:
		return query.Write
	case flags&unix.O_ACCMODE != unix.O_RDONLY:
		return query.ReadWrite
	case flags&(unix.O_CREAT|unix.O_TRUNC) != 0:
		return query.ReadWrite
	case flags&unix.O_DIRECTORY != 0:
		return query.List
	}
	return query.Read
}

// OfNames reports whether the call makes, removes or renames names and opens nothing.
func (a *Attempt) OfNames() bool {
	switch a.Op {
	case query.Mkdir, query.Rmdir, query.Delete, query.RenameTo, query.LinkTo, query.Symlink, query.Mkfifo, query.Mksock, query.Mkdev:
		return true
	}
	return a.Op == query.Create && a.Flags&unix.O_CREAT == 0 // mknod(2) of a regular file
}

// Opens reports whether the call opens a file to read or write it; one with O_PATH
// opens nothing that Landlock asks about.
func (a *Attempt) Opens() bool {
	switch a.Op {
	case query.Read, query.List, query.Write, query.ReadWrite:
		return a.Flags&unix.O_PATH == 0
	}
	return false
}
