package supervise

import (
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// A Call is one system call that the kernel holds until it is answered. It is valid
// only in the handler that it was given to.
type Call struct {
	// Name is the system call's, as in its man page.
	Name string
	// Args are the registers: a copy that the caller cannot change. Of an int only
	// the low half counts; see Int.
	Args [6]uint64

	request  *notify.Request
	listener *notify.Listener
	process  *caller.Process
	files    []int
	after    func()
}

// Int is an argument that is an int.
func (c *Call) Int(n int) int32 { return int32(c.Args[n]) }

// TID is the number of the calling thread.
func (c *Call) TID() int { return int(c.request.TID) }

// Valid reports whether the caller still waits for the answer to this call. What was
// learnt about the caller before Valid says yes was about that very one.
func (c *Call) Valid() bool { return c.listener.Valid(c.request) }

// Caller returns the calling process, which is closed with the call.
func (c *Call) Caller() (*caller.Process, error) {
	if c.process == nil {
		p, err := caller.Open(c.request.TID, c.Valid)
		if err != nil {
			return nil, err
		}
		c.process = p
	}
	return c.process, nil
}

// Interrupted reports whether a signal ends the caller's waiting for the socket fd, as it
// ends connect(2): one that ends the process, or, where the socket blocks, one with a
// handler.
func (c *Call) Interrupted(fd int) bool {
	p, err := c.Caller()
	if err != nil {
		return false
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err == nil && flags&unix.O_NONBLOCK == 0 {
		return p.Interrupted()
	}
	return p.Ending()
}

// Path copies the path that argument n points to, as it is now: the caller can
// change it at any time, so what is decided about it must be done to this copy, or
// be decided again by the kernel.
func (c *Call) Path(n int) (string, error) {
	p, err := c.Caller()
	if err != nil {
		return "", err
	}
	return p.Path(c.Args[n])
}

// Event begins an event of the log with who calls, as far as that can be learnt. Its
// Source is the one of a fact.
func (c *Call) Event() audit.Event {
	e := audit.Event{Source: audit.Fact, Call: c.Name, PID: c.TID()}
	p, err := c.Caller()
	if err != nil {
		return e
	}
	if s, err := p.Status(); err == nil {
		e.PID, e.Parent = s.PID, s.Parent
	}
	e.Program, e.Cwd = p.Link("exe"), p.Link("cwd")
	return e
}

// CloseAfter has a descriptor closed once the call is answered.
func (c *Call) CloseAfter(fd int) { c.files = append(c.files, fd) }

// After has f called once the call is answered, by the goroutine that has answered it: no
// other one need be woken for what is to be done next. f may take as long as it wants.
func (c *Call) After(f func()) { c.after = f }

func (c *Call) close() {
	for _, fd := range c.files {
		unix.Close(fd)
	}
	c.files = nil
	if c.process != nil {
		c.process.Close()
		c.process = nil
	}
}

// Fail makes an error an answer: an errno is the call's own, and any other
// means that the supervisor could not do its part.
func Fail(err error) notify.Answer {
	if errno, ok := err.(unix.Errno); ok && errno != 0 {
		return notify.Errno(errno)
	}
	return notify.Errno(unix.EACCES)
}
