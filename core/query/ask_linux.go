package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Ask answers one question.
func (a *Asker) Ask(q Question) Verdict {
	if a.mac != nil {
		return a.mac.ask(q)
	}
	e := &asking{a: a, v: Verdict{Op: q.Op, Path: q.Path, To: q.To}}
	if q.Op.Two() {
		e.two(q)
	} else {
		e.one(q)
	}
	e.finish()
	e.v.asItself(e.own)
	return a.askEnding(q, e.v)
}

// asking collects a verdict. Several checks of the kernel may fail. The errno comes from
// the first check in the order of the kernel. The reason comes from the policy, if a check
// of the policy fails: people want to know this first.
type asking struct {
	a      *Asker
	v      Verdict
	policy bool // the policy is the reason
	failed bool
	// plain is a note for a reason that is not the policy.
	plain string
	// own is the PID of this process, if the path led through /proc/self.
	own string
}

// fail notes a check that fails. The calls are in the order of the kernel.
func (e *asking) fail(errno unix.Errno, reason Reason, by string) {
	if !e.failed {
		e.failed = true
		e.v.Errno = unix.ErrnoName(errno)
		e.v.Reason, e.v.EnforcedBy = reason, by
	}
}

const (
	byLandlock    = "Landlock"
	bySeccomp     = "seccomp"
	bySupervisor  = "the supervisor"
	byPermissions = "file permissions"
	byFiles       = "the file system"
	byNothing     = "nothing on this kernel"
)

// refuse notes a check of the policy that fails, with a reason and a line of its own.
func (e *asking) refuse(errno unix.Errno, reason Reason, by string, line *spec.Path, note string) {
	e.fail(errno, reason, by)
	e.policy = true
	e.v.Reason, e.v.EnforcedBy, e.v.Line = reason, by, line
	e.note(note)
}

// lacks notes that the policy does not grant the rights missing at n, which target needs.
func (e *asking) lacks(n *paths.Node, target string, missing carve.Rights) {
	e.fail(unix.EACCES, NotInAllowedPaths, byLandlock)
	if !e.policy {
		e.policy, e.v.Lacking = true, target
		e.v.EnforcedBy = byLandlock
		e.whyNot(n, target, missing)
	}
}

// needs reports whether the rules give the rights want at n. target, a path at or beneath
// n, needs them.
func (e *asking) needs(n *paths.Node, target string, want carve.Rights) bool {
	if missing := want &^ e.a.have(n); missing != 0 {
		if e.besideDenied(n, target, missing) {
			return true
		}
		e.lacks(n, target, missing)
		return false
	}
	if want != 0 && e.v.Line == nil && !e.failed && !n.Magic {
		e.because(n, want&handled(e.a.s, e.a.abi))
	}
	return true
}

// finish sets the status.
func (e *asking) finish() {
	v := &e.v
	if e.failed {
		v.Status = Denied
		if !e.policy {
			e.note(e.plain)
		}
		if e.policy || v.Reason != DoesNotExist || !reads(v.Op) || v.Exists {
			return
		}
		// The missing file is the only reason.
		v.Note = "it does not exist now; if somebody makes it outside of the sandbox, the operation is allowed"
	}
	v.Status = Allowed
	v.EnforcedBy = ""
	if v.Op == Connect && e.a.s.UnixSockets {
		v.Reason = SocketsAllowed
		return
	}
	if v.Line != nil {
		v.Reason = reasonOf(v.Line, e.a.disk.Dir)
		if e.a.s.Undo && v.Line.Kept() && changes(v.Op) {
			e.note("it is saved first, and nono undo takes it back")
		}
		if e.a.s.Ephemeral && v.Line.Kept() && changes(v.Op) {
			e.note("the change waits apart from the original, until nono keep or nono discard")
		}
	} else if v.Reason == "" || v.Reason == DoesNotExist {
		v.Reason = NotRestricted
	}
}

// reads reports whether the operation uses an existing file: then a missing file is no
// reason of the sandbox.
func reads(o Op) bool {
	switch o {
	case Read, Execute, List, Truncate, Ioctl, Connect:
		return true
	}
	return false
}

// changes reports whether the operation changes something.
func changes(o Op) bool {
	switch o {
	case Read, Execute, List, Ioctl, Connect:
		return false
	}
	return true
}

// unsaved refuses a socket in a directory whose changes the supervisor makes: it makes no
// sockets.
func (e *asking) unsaved(p *paths.Place) {
	line := byname.Grant(e.a.s, p.Path, carve.Create)
	if e.failed || line == nil || !line.Kept() {
		return
	}
	e.refuse(unix.EACCES, InsufficientAccess, byLandlock, line, "with --undo no socket can be made where changes are saved; the private temp is free of that")
}

// one answers for an operation on one path.
func (e *asking) one(q Question) {
	follow := true
	switch q.Op {
	case Create, Delete, Rmdir, Mkdir, Symlink, Mkfifo, Mksock, Mkdev:
		follow = false
	}
	p, errno := e.a.disk.Walk(q.Path, follow)
	e.v.Resolved, e.v.Exists, e.own = p.Path, p.Node != nil, p.Own
	switch q.Op {
	case Create, Mkdir, Symlink, Mkfifo, Mksock, Mkdev:
		e.creating(q.Op, &p, errno)
		if q.Op == Mksock && e.a.s.Undo {
			e.unsaved(&p)
		}
	case Delete, Rmdir:
		e.removing(q.Op, &p, errno)
	default:
		e.using(q.Op, &p, errno)
	}
}

// unreachable notes why the walk to p ended early, and still checks the policy for the name.
func (e *asking) unreachable(p *paths.Place, errno unix.Errno, want carve.Rights) {
	if p.Outside {
		e.kept(unix.EACCES)
		return
	}
	reason, by := DoesNotExist, byFiles
	switch errno {
	case unix.ENOENT:
		if p.Up == nil {
			reason = BadPath
		} else if p.Own != "" && p.Up.InProcfs() {
			reason = BadPath // nobody makes it meanwhile
			if spec.Base(p.Up.Path) == "fd" {
				e.note("descriptors above 2 are closed when the command starts; --keep-fd keeps one")
			}
		}
	case unix.ENOTDIR:
		reason = NotADirectory
	case unix.EACCES, unix.EPERM:
		reason, by = FilePermissions, byPermissions
	default:
		reason = BadPath
	}
	e.fail(errno, reason, by)
	if p.Up == nil {
		return
	}
	have := e.a.have(p.Up)
	// A deny of a missing file is for its name.
	if missing := want &^ have; missing != 0 || denies(e.a, p.Path, want) {
		e.lacks(p.Up, p.Path, max(missing, want&-want))
	} else if e.v.Line == nil {
		e.v.Line = e.a.because(p.Up, want&handled(e.a.s, e.a.abi))
	}
}

// denies reports whether a missing name is at or beneath a deny, without a deeper grant.
func denies(a *Asker, path string, want carve.Rights) bool {
	right := want & -want
	d, g := byname.Deny(a.s, path, right), byname.Grant(a.s, path, right)
	return d != nil && (g == nil || len(g.Path) < len(d.Path))
}
