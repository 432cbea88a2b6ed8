package hosts

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/sys/unix"
)

// toHost is where requests are written to. Where that has to wait, answers are sent on
// meanwhile: the host may wait for that.
type toHost struct{ w *web }

func (t toHost) Write(b []byte) (int, error) {
	done := 0
	if w := t.w; w.answered == nil && w.up.file == nil {
		var err error
		if done, err = w.up.tryWrite(b); err != unix.EAGAIN {
			return done, err
		}
		if w.sent {
			w.passAnswers(nil)
		}
	}
	n, err := t.w.up.Write(b[done:])
	return done + n, err
}

// passAnswers begins to send the host's answers to the client, behind first. From then on
// another goroutine does that.
func (w *web) passAnswers(first []byte) {
	if w.answered != nil {
		return
	}
	w.answered = make(chan struct{})
	if err := errors.Join(w.client.settle(), w.up.settle()); err != nil {
		w.answersEnd(err)
		return
	}
	go func() {
		var err error
		if len(first) > 0 {
			_, err = w.client.Write(first)
		}
		if err == nil {
			_, err = w.client.ReadFrom(w.up)
		}
		w.answersEnd(err)
	}()
}

// answersEnd has the client know that no more answers come.
func (w *web) answersEnd(err error) {
	if err != nil {
		reset(w.client)
		w.client.Close()
	} else if !w.refusing.Load() {
		w.client.CloseWrite()
	}
	close(w.answered)
}

// Read reads from the client. As long as nothing takes long, the answers are sent on here
// too: one thread that waits for both is woken once, and wakes no other.
func (w *web) Read(b []byte) (int, error) {
	for w.answered == nil && w.client.file == nil {
		n, err := w.client.try(b)
		if err != unix.EAGAIN {
			return n, err
		}
		if !w.wait(true) {
			break
		}
	}
	if w.sent {
		w.passAnswers(nil)
	}
	return w.client.Read(b)
}

// wait waits a little for the host's answers, which it sends on, and the client's requests.
// It returns false when others have to wait.
func (w *web) wait(requests bool) bool {
	if w.client.file != nil || w.sent && w.up.file != nil {
		return false
	}
	fds := make([]unix.PollFd, 0, 2)
	if w.sent {
		fds = append(fds, unix.PollFd{Fd: int32(w.up.fd), Events: unix.POLLIN})
	}
	if requests {
		fds = append(fds, unix.PollFd{Fd: int32(w.client.fd), Events: unix.POLLIN})
	}
	if !w.relay.means.soon(fds) {
		return false
	}
	if !w.sent || fds[0].Revents == 0 {
		return true
	}
	buf := w.relay.means.memory.Get().(*buffer)
	defer w.relay.means.memory.Put(buf)
	n, err := w.up.try(buf[:])
	switch {
	case err == unix.EAGAIN:
		return true
	case err != nil:
		w.answered = make(chan struct{})
		if err == io.EOF {
			err = nil
		}
		w.answersEnd(err)
		return true
	}
	done, err := w.client.tryWrite(buf[:n])
	if w.little += n; err != nil || w.little > littleMoved {
		w.passAnswers(bytes.Clone(buf[done:n])) // which finds the error again
	}
	return true
}

// end waits for the last answers.
func (w *web) end() error {
	if !w.sent {
		return nil
	}
	w.up.CloseWrite()
	for w.answered == nil {
		if !w.wait(false) {
			w.passAnswers(nil)
		}
	}
	<-w.answered
	return nil
}
