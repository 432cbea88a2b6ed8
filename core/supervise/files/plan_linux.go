package files

import (
	"strings"

	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// A Plan is a call that could be made now: its arguments, copied once, and where its paths
// lead. It is valid only in the hooks.
type Plan struct {
	Call    string
	Attempt attempt.Attempt
	At      *Place
	To      *Place // of renames and links, or nil

	call      *supervise.Call
	process   *caller.Process
	change    change
	performer *Performer
	who       identity
	umask     int
}

// As runs f on a thread that is the caller, for whom it acts: with its user, groups and
// capabilities. Its umask is f's to keep.
func (p *Plan) As(f func()) error { return p.performer.as(p.who, p.umask, false, f) }

// Like reports whether the file system treats the caller as this process.
func (p *Plan) Like() bool { return p.process.Like() }

// SameThing reports whether both paths lead to one file.
func (p *Plan) SameThing() bool {
	return p.To.Exists() && p.At.Exists() && p.At.Stat.Dev == p.To.Stat.Dev && p.At.Stat.Ino == p.To.Stat.Ino
}

// Moved reports whether what was found at the first path lies at the second now.
func (p *Plan) Moved() bool {
	var st unix.Stat_t
	return unix.Fstatat(p.To.Dir, p.To.Base, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Dev == p.At.Stat.Dev && st.Ino == p.At.Stat.Ino
}

// Link makes the link that the plan is about, to the very thing that was found.
func (p *Plan) Link() error {
	if errno := p.link(); errno != 0 {
		return errno
	}
	return nil
}

// Umask is the caller's.
func (p *Plan) Umask() uint32 { return uint32(p.umask) }

// kernels reports whether the call is one that the kernel alone judges.
func (p *Plan) kernels() bool {
	switch {
	case p.At.Dir < 0 && p.At.Real == "":
		return !p.Attempt.Metadata() // a pipe, a socket or what was removed: no place
	case p.Call == "truncate" && (!p.At.Is(unix.S_IFREG) || p.At.Slash):
		return true // it fails
	case p.To != nil && p.To.last != "", p.Attempt.OfNames() && p.At.last != "" && p.Call != "link" && p.Call != "linkat":
		return true // what has no name of its own can be made or removed by none
	case p.Attempt.OfNames() && strings.HasPrefix(p.At.Real+"/", "/proc/"):
		return true // nobody makes names there
	case opens(p.Call):
		return p.At.Is(unix.S_IFCHR) || p.At.Is(unix.S_IFBLK)
	case p.Call == "mknod" || p.Call == "mknodat":
		switch p.Attempt.Mode & unix.S_IFMT {
		case 0, unix.S_IFREG, unix.S_IFIFO, unix.S_IFSOCK:
			return false
		}
		return true
	}
	return false
}

// resolve finds the places of the plan.
func (p *Plan) resolve(f *Performer, s *caller.Status, who identity) error {
	a := &p.Attempt
	var err error
	last := always
	switch {
	case a.OfNames() && p.Call != "link" && p.Call != "linkat":
		last = never
	case a.NoFollow:
		last = slash
	}
	if p.At, err = p.place(f, s, who, a.Dir, a.Path, last, a.Descriptor); err != nil {
		return err
	}
	if a.Op.Two() {
		p.To, err = p.place(f, s, who, a.ToDir, a.To, never, false)
	}
	return err
}

// place finds one place. What the descriptors of the caller lead to is opened before the
// thread becomes the caller, who need not be able to look at itself through /proc.
func (p *Plan) place(f *Performer, s *caller.Status, who identity, dirfd int32, path string, last follow, descriptor bool) (*Place, error) {
	if descriptor {
		return p.descriptor(dirfd)
	}
	if path == "" {
		return nil, unix.ENOENT
	}
	root, plain := f.own.root, f.own.sameRoot(p.process)
	var err error
	if !plain {
		if root, err = p.process.Root(); err != nil {
			return nil, err
		}
		defer unix.Close(root)
	}
	start := root
	if path[0] != '/' || p.Attempt.Resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) != 0 {
		if start, err = p.process.Dir(dirfd); err != nil {
			return nil, err
		}
		defer unix.Close(start)
	}
	w := &walk{create: opens(p.Call) && p.Attempt.Flags&unix.O_CREAT != 0, root: root, plain: plain, resolve: p.Attempt.Resolve, pid: s.PID, tid: p.process.TID()}
	if w.resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) != 0 {
		w.root = start
	}
	if w.resolve&^(unix.RESOLVE_NO_MAGICLINKS|unix.RESOLVE_NO_SYMLINKS|unix.RESOLVE_BENEATH|unix.RESOLVE_IN_ROOT) != 0 {
		return nil, errLeave
	}
	var place *Place
	if becoming := f.as(who, s.Umask, false, func() { place, err = w.find(start, path, last) }); becoming != nil {
		return nil, errLeave
	}
	return place, err
}

// descriptor is the place of what the caller has open.
func (p *Plan) descriptor(fd int32) (*Place, error) {
	if fd == unix.AT_FDCWD {
		if p.Attempt.Flags&unix.AT_EMPTY_PATH == 0 {
			return nil, unix.EBADF
		}
		dir, err := p.process.Dir(fd)
		if err != nil {
			return nil, err
		}
		return ofThing(dir)
	}
	copied, err := p.process.Descriptor(fd)
	if err != nil {
		return nil, err
	}
	return ofThing(copied)
}

// makes reports whether the call makes something, whose mode the umask is for.
func (p *Plan) makes() bool {
	switch p.Call {
	case "mkdir", "mkdirat", "mknod", "mknodat", "symlink", "symlinkat":
		return true
	}
	const makes = unix.O_CREAT | unix.O_TMPFILE&^unix.O_DIRECTORY
	return opens(p.Call) && p.Attempt.Flags&makes != 0
}

// act makes the call. It runs with the caller's credentials and umask. fd is a new
// descriptor or -1.
func (p *Plan) act() (fd int, again bool, errno unix.Errno) {
	switch {
	case p.Attempt.Metadata():
		return -1, false, p.makeChange()
	case p.Call == "truncate":
		return -1, false, p.truncate()
	}
	if opens(p.Call) {
		return p.open()
	}
	return -1, false, p.names()
}
