package supervise

import (
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// A Call is one system call. Its caller waits until the call is answered. A Call is valid
// only in the handler that gets it.
type Call struct {
	// Name is the name of the system call, as in its man page.
	Name string
	// Args are the registers: a copy that the caller cannot change. The kernel reads only
	// the low half of an int; see Int.
	Args [6]uint64

	request  *notify.Request
	listener *notify.Listener
	process  *caller.Process
	files    []int
	after    func()
}

// Int returns argument n, if this is an int.
func (c *Call) Int(n int) int32 { return int32(c.Args[n]) }

// TID returns the number of the calling thread.
func (c *Call) TID() int { return int(c.request.TID) }

// Valid reports whether the caller still waits for the answer. If it does, everything that
// was read about the thread before is about this caller, and not about a new thread with the
// same number.
func (c *Call) Valid() bool { return c.listener.Valid(c.request) }

// Caller returns the calling process. It is closed when the call is answered.
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

// Interrupted reports whether a pending signal of the caller would interrupt connect(2) on
// the socket fd: a signal that ends the process, or a signal with a handler if the socket is
// blocking.
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

// Path copies the path that argument n points to. The caller can change its memory at any
// time. So the supervisor must perform the operation with this copy, or the kernel must
// decide again.
func (c *Call) Path(n int) (string, error) {
	p, err := c.Caller()
	if err != nil {
		return "", err
	}
	return p.Path(c.Args[n])
}

// Event returns an event of the log that names the caller, as far as it is known. Its Source
// is audit.Fact.
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

// CloseAfter closes a descriptor after the call is answered.
func (c *Call) CloseAfter(fd int) { c.files = append(c.files, fd) }

// After calls f after the call is answered, in the same goroutine, so that no other
// goroutine has to wake up. f may take long.
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

// Fail makes an answer from an error. An errno is the result of the call. Every other error
// means that the supervisor itself failed.
func Fail(err error) notify.Answer {
	if errno, ok := err.(unix.Errno); ok && errno != 0 {
		return notify.Errno(errno)
	}
	return notify.Errno(unix.EACCES)
}
