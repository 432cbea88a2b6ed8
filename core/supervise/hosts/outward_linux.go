package hosts

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
)

// outward connects a socket that the program has bound before. Bound sockets are of the
// namespace of servers, from which nothing leads out, so one of this network takes its
// place. It has another port than the program was told by getsockname(2) until then.
func (n *Network) outward(c *supervise.Call, fd int, kind socketKind, d destination, to netip.AddrPort) notify.Answer {
	if !idle(fd) {
		return notify.Errno(unix.EISCONN)
	}
	p, err := c.Caller()
	if err != nil {
		return supervise.Fail(err)
	}
	s, err := unix.Socket(kind.family(), unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return supervise.Fail(err)
	}
	c.CloseAfter(s)
	copyOptions(s, fd, kind)
	kind.within = false
	if from := boundTo(fd); d.direct && from.IsValid() && !from.IsLoopback() && !from.IsUnspecified() {
		if err := unix.Bind(s, kind.sockaddr(netip.AddrPortFrom(from, 0))); err != nil {
			return result(err)
		}
	}
	a := n.reach(c, s, kind, d, to)
	switch e := a.Error(); e {
	case 0, unix.EINPROGRESS, unix.EINTR: // the connection goes on coming about
		return notify.Instead(s, c.Int(0), p.CloseOnExec(c.Int(0)), e)
	}
	return a
}

// idle reports whether a TCP socket neither waits for connections nor has one.
func idle(fd int) bool {
	listens, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil || listens != 0 {
		return false
	}
	_, err = unix.Getpeername(fd)
	return err == unix.ENOTCONN
}

// boundTo is the address that a socket is bound to.
func boundTo(fd int) netip.Addr {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.Addr{}
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(sa.Addr)
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(sa.Addr).Unmap()
	}
	return netip.Addr{}
}
