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
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// A Decision is what becomes of a plan.
type Decision struct {
	errno  unix.Errno
	leave  bool
	again  bool
	answer *notify.Answer
}

var (
	// Do has the call made.
	Do = Decision{}
	// Leave has the call not decided: the next feature or the kernel is asked.
	Leave = Decision{leave: true}
)

// Refuse has the call fail.
func Refuse(e unix.Errno) Decision { return Decision{errno: e} }

// Errno is what the call fails with, or 0.
func (d Decision) Errno() unix.Errno { return d.errno }

// Done has the call answered by a: what there was to do the hook has done.
func Done(a notify.Answer) Decision { return Decision{answer: &a} }

// Again has the places looked up once more, since somebody has exchanged what lies there.
func Again() Decision { return Decision{again: true} }

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
type Performer struct {
	workers workers
	own     own
}

// New returns a Performer.
func New() *Performer { return &Performer{workers{idle: map[string][]*worker{}}, ourselves()} }

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
	who := f.own.identify(p, &s)
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
		plan := &Plan{Call: c.Name, Attempt: att, call: c, process: p, change: change, performer: f, who: who, umask: s.Umask}
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

// plain reports whether the kernel would look for the path before all else. Otherwise it
// tells first what is wrong with the other arguments, or the other path.
func (p *Plan) plain() bool {
	const rare = unix.O_TMPFILE | unix.O_DIRECTORY | unix.O_PATH
	const both = unix.RENAME_NOREPLACE | unix.RENAME_EXCHANGE
	switch flags := p.Attempt.Flags; p.Call {
	case "open", "openat", "creat":
		return flags&rare == 0
	case "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "symlink", "symlinkat":
		return true
	case "rename", "renameat":
		return true // the first path first, as resolve does
	case "link", "linkat":
		return p.At == nil || !p.At.Slash || p.At.Is(unix.S_IFDIR)
	case "renameat2":
		return flags&both != both
	case "mknod", "mknodat":
		switch p.Attempt.Mode & unix.S_IFMT {
		case 0, unix.S_IFREG, unix.S_IFIFO, unix.S_IFSOCK:
			return true
		}
	}
	return false
}

// once resolves, asks and acts. again tells that something was exchanged in between.
func (f *Performer) once(plan *Plan, s *caller.Status, who identity, h Hooks) (a notify.Answer, decided, again bool) {
	c := plan.call
	defer func() { plan.At.Close(); plan.To.Close() }()
	if err := plan.resolve(f, s, who); err != nil {
		// The kernel fails the same way, or Landlock judges what the path has become. Of
		// metadata Landlock judges nothing. What is missing may be there by then, and the
		// kernel would refuse what was to be done here: so that is answered at once.
		if !plan.Attempt.Metadata() && (err != unix.ENOENT || !plan.plain()) {
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
	} else if d.again {
		return a, false, true
	} else if d.answer != nil {
		return *d.answer, true, false
	} else if d.errno != 0 {
		return notify.Errno(d.errno), true, false
	}
	var errno unix.Errno
	fd := -1
	if err := f.as(who, s.Umask, plan.makes(), func() { fd, again, errno = plan.act() }); err != nil {
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
