package hosts

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// littleMoved is how much goes through memory before a pipe is used: most answers are
	// small, and a pipe is worth its calls only for more.
	littleMoved = 64 << 10
	// pieceMoved is how much goes through a pipe at a time.
	pieceMoved = 256 << 10
	// nearBuffer bounds what a sender has under way to a near one, which answers within
	// nearTime, in microseconds: so it can send 2.5 GB a second. More would only pass by
	// the processors' caches, where the bytes are until they are read.
	nearBuffer = 512 << 10
	nearTime   = 200
)

// A flow moves bytes from one stream to another: the first ones through memory, the rest
// within the kernel (splice(2)). While it waits for something to move, it holds neither
// memory nor a pipe: most connections wait for most of their time.
type flow struct {
	from, to *stream
	left     int64 // to be moved
	moved    int64
	// closes tells that the receiver is to know when nothing more comes.
	closes bool
	ended  bool
	// bounded tells that bound was called for the sender.
	bounded bool

	// What was read and not written: in memory, or else in a pipe.
	buf  *buffer
	held []byte // of buf
	pipe *pipe
	full int64 // in pipe
}

// both moves bytes each way until both sides have ended. Where that fails, neither side is to
// take what it has for all.
func both(a, b *stream) {
	there := flow{from: a, to: b, left: endless, closes: true}
	back := flow{from: b, to: a, left: endless, closes: true}
	if err := a.means.run(time.Time{}, &there, &back); err != nil {
		reset(a)
		reset(b)
	}
}

const endless = 1<<63 - 1

// run moves flows to their ends, or until one fails, or until a time, if that is not zero.
func (m *means) run(until time.Time, flows ...*flow) error {
	fds := make([]unix.PollFd, len(flows))
	for {
		over := true
		for i, f := range flows {
			fds[i] = f.waits()
			over = over && f.ended
		}
		if over {
			return nil
		}
		err := m.await(until, fds)
		for i := 0; i < len(flows) && err == nil; i++ {
			if fds[i].Revents != 0 {
				err = flows[i].step()
			}
		}
		if err != nil {
			for _, f := range flows {
				f.end()
			}
			return err
		}
	}
}

// nothing is to be waited for.
var nothing = unix.PollFd{Fd: -1}

// waits is what the flow waits for: nothing, once it has ended.
func (f *flow) waits() unix.PollFd {
	switch {
	case f.ended:
		return nothing
	case len(f.held) > 0 || f.full > 0:
		return f.to.writable()
	}
	return f.from.readable()
}

// step moves what goes without waiting, but not more than one piece: others have their
// turn then.
func (f *flow) step() error {
	err := error(nil)
	if len(f.held) == 0 && f.full == 0 {
		err = f.read()
	}
	if err == nil {
		err = f.write()
	}
	switch {
	case err == unix.EAGAIN:
		return nil
	case err == io.EOF || err == nil && f.left == 0:
		f.end()
		if f.closes {
			f.to.CloseWrite()
		}
		return nil
	case err != nil:
		f.end()
	}
	return err
}

// read takes up a piece. The error is io.EOF where the stream has ended.
func (f *flow) read() error {
	if f.from.late() {
		return os.ErrDeadlineExceeded
	}
	if f.moved >= littleMoved {
		if !f.bounded {
			f.bounded = true
			f.from.bound()
		}
		if p, err := f.from.means.pipe(); err == nil {
			return f.readPipe(p)
		}
	}
	f.buf = f.from.means.memory.Get().(*buffer)
	n, err := f.from.try(f.buf[:min(f.left, int64(len(f.buf)))])
	f.held = f.buf[:n]
	f.left -= int64(n)
	if n == 0 {
		f.leave()
	}
	return err
}

// bound has a near sender wait for what was sent to be read. Of one that is farther away,
// the kernel finds out itself how much may be under way (tcp(7), tcp_moderate_rcvbuf).
func (s *stream) bound() {
	info, err := unix.GetsockoptTCPInfo(s.fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err == nil && info.Min_rtt <= nearTime {
		unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, nearBuffer)
	}
}

func (f *flow) readPipe(p *pipe) error {
	n, err := splice(f.from.fd, p.write, min(f.left, pieceMoved))
	f.pipe, f.full = p, n
	f.left -= n
	if n == 0 {
		f.leave()
		if err == nil {
			err = io.EOF
		}
	}
	return err
}

// write passes on what was taken up.
func (f *flow) write() (err error) {
	n := 0
	if f.pipe == nil {
		n, err = f.to.tryWrite(f.held)
		f.held = f.held[n:]
		f.moved += int64(n)
	}
	for f.full > 0 && err == nil {
		var n int64
		n, err = splice(f.pipe.read, f.to.fd, f.full)
		f.full -= n
		f.moved += n
	}
	if err == nil {
		f.leave()
	}
	return err
}

// end has the flow move no more.
func (f *flow) end() {
	f.ended = true
	f.leave()
}

// leave gives back what the flow moves bytes with.
func (f *flow) leave() {
	m := f.from.means
	if f.buf != nil {
		m.memory.Put(f.buf)
	}
	if f.pipe != nil && f.full == 0 {
		m.leave(f.pipe)
	} else if f.pipe != nil {
		f.pipe.close() // something is left in it
	}
	f.buf, f.held, f.pipe, f.full = nil, nil, nil, 0
}
