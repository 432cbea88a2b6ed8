package hosts

import (
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// wait waits for a descriptor, or until a time, if that is not zero, and sends on answers
// meanwhile: the host may wait for that, and one thread that waits for both is woken once.
func (w *web) wait(until time.Time, p unix.PollFd) error {
	for {
		fds := []unix.PollFd{p, nothing}
		if w.sent {
			fds[1] = w.answers.waits()
		}
		m := w.relay.means
		// Of much that comes, or of nothing, the thread does better to sleep.
		quick := w.sent && w.answers.moved < littleMoved
		if !quick || !m.spinner.soon(fds) {
			if err := m.await(until, fds); err != nil {
				return err
			}
		}
		if fds[1].Revents != 0 {
			if err := w.answers.step(); err != nil {
				return err
			}
		}
		if fds[0].Revents != 0 {
			return nil
		}
	}
}

// rest sends on the last answers, until a time, if that is not zero.
func (w *web) rest(until time.Time) error { return w.relay.means.run(until, &w.answers) }

// end waits for the last answers.
func (w *web) end() error {
	if !w.sent {
		return nil
	}
	w.up.CloseWrite()
	return w.rest(time.Time{})
}

// Read reads from the client.
func (w *web) Read(b []byte) (int, error) {
	for {
		n, err := w.client.try(b)
		if err != unix.EAGAIN {
			return n, err
		}
		if err := w.wait(w.client.until, w.client.readable()); err != nil {
			return 0, err
		}
	}
}

// toHost is where requests are written to.
type toHost struct{ *web }

func (w toHost) Write(b []byte) (int, error) {
	for done := 0; ; {
		n, err := w.up.tryWrite(b[done:])
		done += n
		if err != unix.EAGAIN {
			return done, err
		}
		if err := w.wait(time.Time{}, w.up.writable()); err != nil {
			return done, err
		}
	}
}

// ReadFrom moves a part of what the client sends.
func (w toHost) ReadFrom(r io.Reader) (int64, error) {
	part, ok := r.(*io.LimitedReader)
	if !ok || part.R != io.Reader(w.client) {
		return io.Copy(struct{ io.Writer }{w}, r)
	}
	f := flow{from: w.client, to: w.up, left: part.N, ended: part.N <= 0}
	defer f.end()
	for !f.ended {
		if err := w.wait(w.client.until, f.waits()); err != nil {
			return f.moved, err
		}
		if err := f.step(); err != nil {
			return f.moved, err
		}
	}
	part.N -= f.moved
	return f.moved, nil
}
