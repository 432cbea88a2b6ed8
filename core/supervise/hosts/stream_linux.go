package hosts

import (
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A stream is one end of a TCP connection. It is to the relay what net.TCPConn is
// elsewhere, with fewer calls to the kernel, and with fewer threads that wake each other:
// until something takes long, who uses the stream waits for it in the kernel. Then it is
// settled: it is in Go's poller, and several goroutines may use it.
type stream struct {
	fd    int
	means *means
	until time.Time // when reads end

	file *os.File // nil until it is settled
	raw  syscall.RawConn
}

// newStream takes over a socket that does not block.
func (m *means) newStream(fd int) *stream { return &stream{fd: fd, means: m} }

// settle hands the stream to Go's poller.
func (s *stream) settle() error {
	if s.file != nil {
		return nil
	}
	if s.fd < 0 {
		return net.ErrClosed
	}
	s.file = os.NewFile(uintptr(s.fd), "connection")
	var err error
	if s.raw, err = s.file.SyscallConn(); err == nil && !s.until.IsZero() {
		err = s.file.SetReadDeadline(s.until)
	}
	return err
}

// Read waits for something to read.
func (s *stream) Read(b []byte) (int, error) {
	for s.file == nil {
		n, err := s.try(b)
		if err != unix.EAGAIN {
			return n, err
		}
		if !s.means.soon([]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}) {
			if err := s.settle(); err != nil {
				return 0, err
			}
		}
	}
	return s.file.Read(b)
}

// try reads what is there, and fails with EAGAIN where nothing is, while the stream is not
// settled.
func (s *stream) try(b []byte) (int, error) {
	if !s.until.IsZero() && time.Now().After(s.until) {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := undisturbed(func() (int, error) { return unix.Read(s.fd, b) })
	if err == nil && n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, err
}

// Write writes all of b.
func (s *stream) Write(b []byte) (int, error) {
	done := 0
	if s.file == nil {
		var err error
		if done, err = s.tryWrite(b); err != unix.EAGAIN {
			return done, err
		}
		if err := s.settle(); err != nil {
			return done, err
		}
	}
	n, err := s.file.Write(b[done:])
	return done + n, err
}

// tryWrite writes what goes at once, and fails with EAGAIN where something is left, while
// the stream is not settled.
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

// Close closes the stream. Where it is settled, whoever waits for it fails.
func (s *stream) Close() error {
	if s.file != nil {
		return s.file.Close()
	}
	fd := s.fd
	s.fd = -1
	return unix.Close(fd)
}

// readUntil gives reads a time at which they end; the zero time is none.
func (s *stream) readUntil(t time.Time) {
	s.until = t
	if s.file != nil {
		s.file.SetReadDeadline(t)
	}
}

// control does something to the socket.
func (s *stream) control(f func(fd int)) {
	if s.file != nil {
		s.raw.Control(func(fd uintptr) { f(int(fd)) })
	} else if s.fd >= 0 {
		f(s.fd)
	}
}

// peer is the address at the other end.
func (s *stream) peer() string {
	var sa unix.Sockaddr
	s.control(func(fd int) { sa, _ = unix.Getpeername(fd) })
	return addressOf(sa).String()
}

// CloseWrite ends what is sent.
func (s *stream) CloseWrite() { s.control(func(fd int) { unix.Shutdown(fd, unix.SHUT_WR) }) }

// reset has the other side see, once the stream is closed, a refused connection and not an
// end of data.
func reset(s *stream) { s.control(willReset) }

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

// take takes over a connection of package net.
func (m *means) take(c *net.TCPConn) (*stream, error) {
	defer c.Close()
	f, err := c.File()
	if err != nil {
		return nil, err
	}
	raw, err := f.SyscallConn()
	return &stream{file: f, raw: raw, means: m}, err
}

// ReadFrom moves what another stream, or a part of it, brings. It moves a little through
// memory first and the rest within the kernel (splice(2)): most answers are small, and a
// pipe is worth its calls only for more.
func (s *stream) ReadFrom(r io.Reader) (int64, error) {
	if from, ok := r.(*stream); ok {
		return s.move(from, math.MaxInt64)
	}
	if part, ok := r.(*io.LimitedReader); ok {
		if from, ok := part.R.(*stream); ok {
			n, err := s.move(from, part.N)
			part.N -= n
			return n, err
		}
	}
	return io.Copy(struct{ io.Writer }{s}, r)
}
