package supervise

import (
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// most is how many slow calls are at work at a time. A goroutine that waits in the
// kernel has a thread of its own; the calls beyond wait for their turn.
const most = 1024

// serve answers calls until the listener fails, which it does when nobody is left
// to call on a kernel that tells. A panic of a handler would leave calls unanswered:
// the process ends with it, and the command with the process.
func serve(l *notify.Listener, t table) error {
	turns := make(chan struct{}, most)
	for {
		r := new(notify.Request)
		switch err := l.Receive(r); err {
		case nil:
		case unix.ENOENT: // gone while it was taken up
			continue
		default:
			return err
		}
		e := t[r.Number]
		if e == nil { // the filter asks about nothing else
			l.Send(r, notify.Errno(unix.EPERM))
			continue
		}
		c := &Call{Name: e.name, Args: r.Args, request: r, listener: l}
		if !e.slow {
			handle(l, e, c)
			continue
		}
		go func() {
			turns <- struct{}{}
			handle(l, e, c)
			<-turns
		}()
	}
}

func handle(l *notify.Listener, e *entry, c *Call) {
	defer c.close()
	sent := false
	e.answer(c, func(a notify.Answer) {
		// ENOENT: the caller was killed, and wants no answer.
		l.Send(c.request, a)
		sent = true
	})
	if !sent {
		l.Send(c.request, notify.Errno(unix.EPERM))
	}
}
