package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/program"
	"golang.org/x/sys/unix"
)

// Unread is the note of a verdict about executing a file that this user cannot read: its
// first bytes would name its interpreter.
const Unread = "the file cannot be read: whether it is a program, and its interpreter allowed, is not known"

// executing does the checks of execve(2): the file, and its interpreter or loader, must be
// executable. depth counts scripts whose interpreter is a script.
func (e *asking) executing(p *paths.Place, depth int) {
	n := p.Node
	if !n.Is(unix.S_IFREG) {
		e.needs(n, p.Path, carve.Execute)
		e.fail(unix.EACCES, NotSuitable, byFiles)
		return
	}
	if errno := e.a.disk.Access(n, unix.X_OK); errno != 0 {
		e.forbidden(n, errno)
	}
	if !e.needs(n, p.Path, carve.Execute) || e.failed {
		return
	}
	if e.a.disk.Access(n, unix.R_OK) != 0 {
		e.note(Unread)
		return
	}
	interp, script, errno := program.Needs(n.Path)
	if errno != 0 {
		e.fail(errno, CannotStart, byFiles)
		e.note("it is neither a program for this machine nor a script with a '#!' line")
		return
	}
	if interp == "" {
		return
	}
	if depth > 4 {
		e.fail(unix.ELOOP, CannotStart, byFiles)
		return
	}
	next, errno := e.a.disk.Walk(interp, true)
	if errno != 0 || next.Node == nil {
		e.unreachable(&next, errno, carve.Execute)
		e.note("it needs " + fault.Quote(interp))
		return
	}
	if script {
		e.executing(&next, depth+1)
	} else {
		e.loading(&next)
	}
	if e.failed {
		e.note("it needs " + fault.Quote(interp))
	}
}

// loading does the checks of execve(2) for the loader of a program.
func (e *asking) loading(p *paths.Place) {
	if !p.Node.Is(unix.S_IFREG) {
		e.fail(unix.EACCES, NotSuitable, byFiles)
		return
	}
	if errno := e.a.disk.Access(p.Node, unix.X_OK); errno != 0 {
		e.fail(errno, FilePermissions, byPermissions)
	}
	if !e.needs(p.Node, p.Path, carve.Execute) || e.failed {
		return
	}
	switch errno := program.IsLoader(p.Node.Path); errno {
	case 0:
	case unix.ENOEXEC:
		e.fail(unix.ELIBBAD, CannotStart, byFiles)
	default:
		e.fail(errno, CannotStart, byFiles)
	}
}
