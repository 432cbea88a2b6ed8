package hosts

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// means are what streams are moved with, for all of a run.
type means struct {
	memory sync.Pool
	mu     sync.Mutex
	pipes  []*pipe // empty ones
	// waits is how many threads wait for streams that are not settled.
	waits atomic.Int32
}

func newMeans() *means {
	return &means{memory: sync.Pool{New: func() any { return new(buffer) }}}
}

type buffer [16 << 10]byte

const (
	// littleMoved is how much goes through memory before a pipe is used.
	littleMoved = 64 << 10
	// pipeSize is how much a pipe holds, where the kernel gives so much (pipe(7)).
	pipeSize = 1 << 20
	// soonTime is how long a thread of its own waits for a stream, in milliseconds, and
	// mostWaits how many threads do that.
	soonTime  = 5
	mostWaits = 16
	// sparePipes is how many pipes are kept.
	sparePipes = 16
)

// soon waits a little for descriptors. It returns false where none of them is ready by then,
// or too many threads wait already.
func (m *means) soon(fds []unix.PollFd) bool {
	defer m.waits.Add(-1)
	if m.waits.Add(1) > mostWaits {
		return false
	}
	n, err := unix.Poll(fds, soonTime)
	return n > 0 || err == unix.EINTR
}

// move moves up to limit bytes from a stream, or all up to its end. While nothing comes it
// holds neither memory nor a pipe: most connections wait for most of their time.
func (s *stream) move(from *stream, limit int64) (moved int64, err error) {
	if err := errors.Join(s.settle(), from.settle()); err != nil {
		return 0, err
	}
	for moved < limit {
		var n int64
		if moved < littleMoved {
			n, err = s.copySome(from, limit-moved)
		} else {
			n, err = s.spliceSome(from, limit-moved)
		}
		moved += n
		if err == io.EOF {
			return moved, nil
		}
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// reads calls f until it returns true: first whenever something is there to read soon, and
// then whenever Go's poller says so. The stream is settled.
func (s *stream) reads(f func(fd int) bool) error {
	return s.raw.Read(func(fd uintptr) bool { return s.means.meanwhile(int(fd), unix.POLLIN, f) })
}

// writes is reads for what is to be written.
func (s *stream) writes(f func(fd int) bool) error {
	return s.raw.Write(func(fd uintptr) bool { return s.means.meanwhile(int(fd), unix.POLLOUT, f) })
}

func (m *means) meanwhile(fd int, events int16, f func(fd int) bool) bool {
	for !f(fd) {
		if !m.soon([]unix.PollFd{{Fd: int32(fd), Events: events}}) {
			return false
		}
	}
	return true
}

// copySome waits for bytes and sends them on. The error is io.EOF where the stream has
// ended.
func (s *stream) copySome(from *stream, limit int64) (int64, error) {
	var buf *buffer
	var n int
	var failed error
	err := from.reads(func(fd int) bool {
		buf = s.means.memory.Get().(*buffer)
		n, failed = undisturbed(func() (int, error) { return unix.Read(fd, buf[:min(limit, int64(len(buf)))]) })
		if failed == unix.EAGAIN {
			s.means.memory.Put(buf)
			buf = nil
			return false
		}
		return true
	})
	if buf == nil {
		return 0, err
	}
	defer s.means.memory.Put(buf)
	if failed != nil {
		return 0, failed
	}
	if n == 0 {
		return 0, io.EOF
	}
	sent, err := s.Write(buf[:n])
	return int64(sent), err
}

// spliceSome is copySome by way of a pipe.
func (s *stream) spliceSome(from *stream, limit int64) (int64, error) {
	var p *pipe
	var n int64
	var failed error
	err := from.reads(func(fd int) bool {
		if p, failed = s.means.pipe(); failed != nil {
			return true
		}
		n, failed = splice(fd, p.write, min(limit, pipeSize))
		if failed == unix.EAGAIN {
			s.means.leave(p)
			p = nil
			return false
		}
		return true
	})
	if p == nil {
		if failed != nil && failed != unix.EAGAIN {
			return s.copySome(from, limit) // no pipe is to be had
		}
		return 0, err
	}
	if failed == nil && n == 0 {
		failed = io.EOF
	}
	if failed != nil {
		s.means.leave(p)
		return 0, failed
	}
	sent := int64(0)
	for sent < n && failed == nil {
		var m int64
		err = s.writes(func(fd int) bool {
			m, failed = splice(p.read, fd, n-sent)
			return failed != unix.EAGAIN
		})
		if err != nil {
			failed = err
		}
		sent += m
	}
	if failed != nil {
		p.close() // something is left in it
		return sent, failed
	}
	s.means.leave(p)
	return n, nil
}

func splice(from, to int, n int64) (int64, error) {
	moved, err := undisturbed(func() (int, error) {
		m, err := unix.Splice(from, nil, to, nil, int(n), unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		return int(m), err
	})
	return int64(moved), err
}

// undisturbed calls again what a signal has interrupted.
func undisturbed(f func() (int, error)) (int, error) {
	for {
		n, err := f()
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// A pipe is where bytes are between two sockets.
type pipe struct{ read, write int }

// pipe returns an empty pipe.
func (m *means) pipe() (*pipe, error) {
	m.mu.Lock()
	if n := len(m.pipes); n > 0 {
		p := m.pipes[n-1]
		m.pipes = m.pipes[:n-1]
		m.mu.Unlock()
		return p, nil
	}
	m.mu.Unlock()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return nil, err
	}
	unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, pipeSize)
	return &pipe{fds[0], fds[1]}, nil
}

// leave gives an empty pipe back.
func (m *means) leave(p *pipe) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pipes) < sparePipes {
		m.pipes = append(m.pipes, p)
		return
	}
	p.close()
}

func (p *pipe) close() {
	unix.Close(p.read)
	unix.Close(p.write)
}
