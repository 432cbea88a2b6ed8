package sockets

import (
	"path"
	"sync"

	"github.com/nono-sandbox/nono/core/supervise"
	"golang.org/x/sys/unix"
)

// A Person is asked about the socket at path, to which no line lets the command connect.
// named is the name by which its server made it, where that is another one. waits tells
// whether the caller still waits. It returns whether the answer is yes, and holds for the
// rest of the run.
type Person func(c *supervise.Call, path, named string, waits func() bool) (lasting, ok bool)

// ask asks about the socket target, which is held open: another one that takes its name
// meanwhile is not the one that the answer is about. fd is the caller's socket.
func (d *doors) ask(c *supervise.Call, fd int, real string, target int) unix.Errno {
	if d.person == nil {
		return unix.EACCES
	}
	if d.answered.has(real, target) {
		return 0
	}
	lasting, ok := d.person(c, real, d.calledOtherwise(real, target), func() bool { return c.Valid() && !c.Interrupted(fd) })
	switch {
	case !ok && c.Interrupted(fd):
		return unix.EINTR
	case !ok || !c.Valid():
		return unix.EACCES
	case lasting:
		d.answered.add(real, target)
	}
	return 0
}

// calledOtherwise is the name by which the server of a socket made it, if that is not
// real: whatever real looks like, who listens is that server.
func (d *doors) calledOtherwise(real string, target int) string {
	bound, err := boundTo(target)
	if err != nil {
		return "unknown"
	}
	for _, s := range bound {
		if s.name != "" && path.Clean(s.name) != real {
			return s.name
		}
	}
	return ""
}

// mostAnswered is how many sockets are remembered, each by a descriptor that is kept.
const mostAnswered = 64

// answered are the sockets that a person has said yes to for the run, held open, by their
// paths.
type answered struct {
	mu   sync.Mutex
	held map[string]int
}

// add keeps a yes for the rest of the run.
func (a *answered) add(real string, target int) {
	held, err := unix.FcntlInt(uintptr(target), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	old, known := a.held[real]
	if !known && len(a.held) >= mostAnswered {
		unix.Close(held)
		return
	}
	if a.held == nil {
		a.held = map[string]int{}
	}
	a.held[real] = held
	if known {
		unix.Close(old)
	}
}

// has reports whether the yes for real was about this very socket.
func (a *answered) has(real string, target int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	held, ok := a.held[real]
	return ok && same(held, target)
}
