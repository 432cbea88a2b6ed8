package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// Unread is the note of a verdict on executing a file whose first bytes, which
// name its interpreter, this user cannot read.
const Unread = "the file cannot be read: whether it is a program, and its interpreter allowed, is not known"

// executing follows execve(2): the file, and the interpreter or loader that it
// names, must be executable. depth counts scripts whose interpreter is one.
func (e *asking) executing(p *place, depth int) {
	n := p.node
	if !n.is(unix.S_IFREG) {
		e.needs(n, p.path, carve.Execute)
		e.fail(unix.EACCES, NotSuitable, byFiles)
		return
	}
	if errno := e.a.disk.access(n, unix.X_OK); errno != 0 {
		e.fail(errno, FilePermissions, byPermissions)
	}
	if !e.needs(n, p.path, carve.Execute) || e.failed {
		return
	}
	if e.a.disk.access(n, unix.R_OK) != 0 {
		e.note(Unread)
		return
	}
	interp, script, errno := loaderOf(n.path)
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
	next, errno := e.a.disk.walk(interp, true)
	if errno != 0 || next.node == nil {
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

// loading follows what execve(2) does with a program's loader.
func (e *asking) loading(p *place) {
	if !p.node.is(unix.S_IFREG) {
		e.fail(unix.EACCES, NotSuitable, byFiles)
		return
	}
	if errno := e.a.disk.access(p.node, unix.X_OK); errno != 0 {
		e.fail(errno, FilePermissions, byPermissions)
	}
	if !e.needs(p.node, p.path, carve.Execute) || e.failed {
		return
	}
	f, err := openProgram(p.node.path)
	if err != nil {
		return // the kernel can read what this user cannot
	}
	defer f.close()
	if len(f.head) < elfHeader {
		e.fail(unix.EIO, CannotStart, byFiles)
	} else if _, errno := f.segments(); errno != 0 {
		e.fail(unix.ELIBBAD, CannotStart, byFiles)
	}
}
