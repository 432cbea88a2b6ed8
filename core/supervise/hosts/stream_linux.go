package hosts

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A stream is one end of a TCP connection. It is to the relay what net.TCPConn is
// elsewhere, with fewer calls to the kernel and fewer threads that wake each other: one
// goroutine uses it, and waits for it by means.await together with what else it waits for.
type stream struct {
	fd    int
	means *means
	until time.Time // when reads end

	closing sync.Mutex // see abort
}

// newStream takes over a socket that does not block.
func (m *means) newStream(fd int) *stream { return &stream{fd: fd, means: m} }

// take takes over a connection of package net.
func (m *means) take(c *net.TCPConn) (*stream, error) {
	defer c.Close()
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd := -1
	if e := raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) }); e != nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	return m.newStream(fd), nil
}

// Read waits for something to read.
func (s *stream) Read(b []byte) (int, error) {
	for {
		n, err := s.try(b)
		if err != unix.EAGAIN {
			return n, err
		}
		if err := s.means.await(s.until, []unix.PollFd{s.readable()}); err != nil {
			return 0, err
		}
	}
}

// try reads what is there, and fails with EAGAIN where nothing is.
func (s *stream) try(b []byte) (int, error) {
	if s.late() {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := undisturbed(func() (int, error) { return unix.Read(s.fd, b) })
	if err == nil && n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, err
}

// late reports whether the time for reads is over.
func (s *stream) late() bool { return !s.until.IsZero() && time.Now().After(s.until) }

// Write writes all of b.
func (s *stream) Write(b []byte) (int, error) {
	for done := 0; ; {
		n, err := s.tryWrite(b[done:])
		done += n
		if err != unix.EAGAIN {
			return done, err
		}
		if err := s.means.await(time.Time{}, []unix.PollFd{s.writable()}); err != nil {
			return done, err
		}
	}
}

// tryWrite writes what goes at once, and fails with EAGAIN where something is left.
func (s *stream) tryWrite(b []byte) (done int, err error) {
	for done < len(b) {
		n, err := undisturbed(func() (int, error) { return unix.Write(s.fd, b[done:]) })
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// readable and writable are what to wait for.
func (s *stream) readable() unix.PollFd { return unix.PollFd{Fd: int32(s.fd), Events: unix.POLLIN} }
func (s *stream) writable() unix.PollFd { return unix.PollFd{Fd: int32(s.fd), Events: unix.POLLOUT} }

// ReadFrom moves what another stream, or a part of it, brings.
func (s *stream) ReadFrom(r io.Reader) (int64, error) {
	f := flow{to: s, left: endless}
	part, limited := r.(*io.LimitedReader)
	if limited {
		f.left, r = part.N, part.R
	}
	from, ok := r.(*stream)
	if !ok {
		return io.Copy(struct{ io.Writer }{s}, r)
	}
	f.from, f.ended = from, f.left <= 0
	err := s.means.run(from.until, &f)
	if limited {
		part.N -= f.moved
	}
	return f.moved, err
}

// Close closes the stream.
func (s *stream) Close() error {
	s.closing.Lock()
	defer s.closing.Unlock()
	fd := s.fd
	if fd < 0 {
		return net.ErrClosed
	}
	s.fd = -1
	return unix.Close(fd)
}

// abort ends the connection. Any goroutine may call it: whoever waits for the stream fails,
// and closes it.
func (s *stream) abort() {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.fd >= 0 {
		unix.Shutdown(s.fd, unix.SHUT_RDWR)
	}
}

// readUntil gives reads a time at which they end; the zero time is none.
func (s *stream) readUntil(t time.Time) { s.until = t }

// peer is the address at the other end.
func (s *stream) peer() string {
	sa, _ := unix.Getpeername(s.fd)
	return addressOf(sa).String()
}

// CloseWrite ends what is sent.
func (s *stream) CloseWrite() { unix.Shutdown(s.fd, unix.SHUT_WR) }

// reset has the other side see, once the stream is closed, a refused connection and not an
// end of data.
func reset(s *stream) { willReset(s.fd) }

func willReset(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}

// addressOf is the address and port in a socket's address of the internet, or none.
func addressOf(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
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
