package supervise

import (
	"os"
	"sync"
	"sync/atomic"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"golang.org/x/sys/unix"
)

const (
	// most is the largest number of calls that are answered at the same time. A goroutine
	// that waits in the kernel has its own thread. Further calls wait.
	most = 1024
	// waiting is the largest number of goroutines that wait for the next call after a slow
	// call, so that the next slow call needs no new goroutine. The kernel wakes all of them
	// for each call (recv_wait_event in kernel/seccomp.c), so after a quick call only one
	// goroutine waits.
	waiting = 3
)

// A server answers calls. The thread that receives a call also answers it: to wake another
// thread takes as long as most answers. If a goroutine receives a slow call and no other one
// waits, it first starts another goroutine. It answers a quick call at once: the next quick
// call would have to wait for it in any case.
type server struct {
	listener *notify.Listener
	table    table
	waits    atomic.Int32 // for the next call
	all      atomic.Int32
	// one is held while a call is answered whose handlers are quick: these are never
	// called two at a time.
	one sync.Mutex
}

// serve begins to answer calls, and returns while others go on with it. They end when
// nobody is left to call, on a kernel that tells.
// A panic of a handler would leave calls unanswered: the process ends with it, and the
// command with the process.
func serve(l *notify.Listener, t table) {
	s := &server{listener: l, table: t}
	s.all.Add(1)
	s.receive()
}

// receive answers one call after another.
func (s *server) receive() {
	defer s.all.Add(-1)
	for {
		r := new(notify.Request)
		s.waits.Add(1)
		err := s.listener.Receive(r)
		nobody := s.waits.Add(-1) == 0
		if err == unix.ENOENT { // gone while it was taken up
			continue
		}
		if err == unix.EPIPE {
			return
		}
		if err != nil {
			give("be asked by the kernel", err)
		}
		e, enough := s.table[r.Number], int32(1)
		if e != nil && e.slow {
			enough = waiting
			if nobody {
				s.another()
			}
		}
		if after := s.answer(r, e); after != nil {
			s.all.Add(-1) // it may go on for long
			after()
			s.all.Add(1)
		}
		if s.waits.Load() >= enough {
			return
		}
	}
}

// give ends this process, and the command with it: a call that nobody answers would wait
// for ever, and the command with it.
func give(up string, err error) {
	os.Stderr.WriteString(fault.Lines(&fault.Error{Do: up, Err: err}))
	process.Kill()
	os.Exit(fault.Failed)
}

// another begins one more goroutine that receives, unless there are as many as may be:
// one of those is then the next to receive.
func (s *server) another() {
	if s.all.Add(1) > most {
		s.all.Add(-1)
		return
	}
	go s.receive()
}

// answer answers one call as e says, and returns what is to be done after it, or nil.
func (s *server) answer(r *notify.Request, e *entry) func() {
	if e == nil { // the filter asks about nothing else
		send(s.listener, r, notify.Errno(unix.EPERM))
		return nil
	}
	if !e.slow {
		s.one.Lock()
		defer s.one.Unlock()
	}
	c := &Call{Name: e.name, Args: r.Args, request: r, listener: s.listener}
	handle(s.listener, e, c)
	return c.after
}

func handle(l *notify.Listener, e *entry, c *Call) {
	defer c.close()
	sent := false
	e.answer(c, func(a notify.Answer) {
		send(l, c.request, a)
		sent = true
	})
	if !sent {
		send(l, c.request, notify.Errno(unix.EPERM))
	}
}

// send answers a call. ENOENT: the caller was killed, and wants no answer.
func send(l *notify.Listener, r *notify.Request, a notify.Answer) {
	err := l.Send(r, a)
	if err != nil && err != unix.ENOENT {
		err = l.Send(r, notify.Errno(unix.EPERM))
	}
	if err != nil && err != unix.ENOENT {
		give("answer the kernel", err)
	}
}
