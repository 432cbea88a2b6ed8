// Package files performs a call about files in its caller's place: with the caller's
// credentials, umask, root and working directory, on this process's own copy of the
// arguments, and on directories that it holds open. What comes of it, a descriptor, a
// return value or the kernel's own errno, is the answer.
//
// The caller gains nothing by it that the supervisor's own Landlock domain does not
// give: whoever performs must have decided before that the call is to be made, and that
// is what Hooks.Before is for.
package files

import (
	"strings"

	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// A Plan is a call that could be made now: its arguments, copied once, and where its paths
// lead. It is valid only in the hooks.
type Plan struct {
	Call    string
	Attempt attempt.Attempt
	At      *Place
	To      *Place // of renames and links, or nil

	call    *supervise.Call
	process *caller.Process
	change  change
}

// A Decision is what becomes of a plan.
type Decision struct {
	errno unix.Errno
	leave bool
}

var (
	// Do has the call made.
	Do = Decision{}
	// Leave has the call not decided: the next feature or the kernel is asked.
	Leave = Decision{leave: true}
)

// Refuse has the call fail.
func Refuse(e unix.Errno) Decision { return Decision{errno: e} }

// Hooks are called around what is done.
type Hooks struct {
	// Before decides. Until it says Do nothing has been changed. It is called once
	// more, with another plan, where somebody has exchanged a file meanwhile.
	Before func(*Plan) Decision
	// After, unless nil, is called once after each Do, with what came of it, on the same
	// goroutine: what Before locked, After may unlock.
	After func(*Plan, unix.Errno)
}

// A Performer performs calls. Any number of goroutines may use one.
type Performer struct{ workers workers }

// New returns a Performer.
func New() *Performer { return &Performer{workers{idle: map[string][]*worker{}}} }

// mostTries is how often a call begins again because somebody exchanged what it is about.
const mostTries = 64

// Perform makes the call c in its caller's place, if h.Before says so. It takes every call
// of the groups opens, writes, names and metadata. decided is false where the hook leaves
// it, and for what is the kernel's to judge: opens with O_PATH, device nodes, arguments that
// cannot be read, paths through another process's /proc/PID.
func (f *Performer) Perform(c *supervise.Call, h Hooks) (a notify.Answer, decided bool) {
	att, err := attempt.Of(c)
	if err != nil && !att.Metadata() || unknownFlags(c.Name, att.Flags) || opens(c.Name) && att.Flags&unix.O_PATH != 0 || c.Name == "openat2" && c.Args[3] != unix.SizeofOpenHow {
		return a, false
	}
	p, looking := c.Caller()
	if looking != nil {
		return a, false
	}
	s, looking := p.Status()
	if looking != nil {
		return a, false
	}
	who := identify(p, &s)
	var change change
	if att.Metadata() {
		var errno unix.Errno
		if change, errno = changeOf(c, &att, p); errno == 0 {
			errno = number(err)
		}
		if errno != 0 {
			return notify.Errno(errno), true
		}
	}
	for range mostTries {
		plan := &Plan{Call: c.Name, Attempt: att, call: c, process: p, change: change}
		a, decided, again := f.once(plan, &s, who, h)
		if !again {
			return a, decided
		}
		if !c.Valid() {
			break
		}
	}
	return notify.Errno(unix.EAGAIN), true
}

// opens reports whether the call returns a descriptor.
func opens(call string) bool {
	switch call {
	case "open", "openat", "openat2", "creat":
		return true
	}
	return false
}

// unknownFlags reports whether a call about names has flags that it does not know: it fails
// before the kernel looks at any path.
func unknownFlags(call string, flags uint64) bool {
	switch call {
	case "unlinkat":
		return flags&^unix.AT_REMOVEDIR != 0
	case "linkat":
		return flags&^(unix.AT_SYMLINK_FOLLOW|unix.AT_EMPTY_PATH) != 0
	case "renameat2":
		return flags&^(unix.RENAME_NOREPLACE|unix.RENAME_EXCHANGE) != 0 // whiteouts are the kernel's
	}
	return false
}

// once resolves, asks and acts. again tells that something was exchanged in between.
func (f *Performer) once(plan *Plan, s *caller.Status, who identity, h Hooks) (a notify.Answer, decided, again bool) {
	c := plan.call
	defer func() { plan.At.Close(); plan.To.Close() }()
	if err := plan.resolve(f, s, who); err != nil {
		// The kernel fails the same way, or Landlock judges what the path has become. Of
		// metadata Landlock judges nothing.
		if !plan.Attempt.Metadata() {
			return a, false, false
		}
		if err == errLeave {
			err = unix.EACCES
		}
		return notify.Errno(number(err)), true, false
	}
	if plan.kernels() || !c.Valid() {
		return a, false, false
	}
	if d := h.Before(plan); d.leave {
		return a, false, false
	} else if d.errno != 0 {
		return notify.Errno(d.errno), true, false
	}
	var errno unix.Errno
	fd := -1
	if err := f.workers.as(who, s.Umask, func() { fd, again, errno = plan.act() }); err != nil {
		errno, again = unix.EPERM, false
	}
	if h.After != nil {
		told := errno
		if again {
			told = unix.EAGAIN
		}
		h.After(plan, told)
	}
	switch {
	case again:
		return a, false, true
	case errno != 0:
		return notify.Errno(errno), true, false
	case fd >= 0:
		return notify.OwnFD(fd, plan.Attempt.Flags&unix.O_CLOEXEC != 0), true, false
	}
	return notify.Value(0), true, false
}

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
	root, err := p.process.Root()
	if err != nil {
		return nil, err
	}
	defer func() { unix.Close(root) }()
	start := root
	if path[0] != '/' || p.Attempt.Resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) != 0 {
		if start, err = p.process.Dir(dirfd); err != nil {
			return nil, err
		}
		defer unix.Close(start)
	}
	w := &walk{create: opens(p.Call) && p.Attempt.Flags&unix.O_CREAT != 0, root: root, plain: isOwnRoot(root), resolve: p.Attempt.Resolve, pid: s.PID, tid: p.process.TID()}
	if w.resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) != 0 {
		w.root = start
	}
	if w.resolve&^(unix.RESOLVE_NO_MAGICLINKS|unix.RESOLVE_NO_SYMLINKS|unix.RESOLVE_BENEATH|unix.RESOLVE_IN_ROOT) != 0 {
		return nil, errLeave
	}
	var place *Place
	if becoming := f.workers.as(who, s.Umask, func() { place, err = w.find(start, path, last) }); becoming != nil {
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

// isOwnRoot reports whether root is this process's own root directory.
func isOwnRoot(root int) bool {
	var a, b unix.Statx_t
	const want = unix.STATX_INO | unix.STATX_MNT_ID
	return unix.Statx(unix.AT_FDCWD, "/", 0, want, &a) == nil && unix.Statx(root, "", unix.AT_EMPTY_PATH, want, &b) == nil &&
		a.Ino == b.Ino && a.Dev_major == b.Dev_major && a.Dev_minor == b.Dev_minor && a.Mnt_id == b.Mnt_id
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
