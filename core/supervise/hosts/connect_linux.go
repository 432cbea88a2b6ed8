package hosts

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
)

// onSocket makes a datagram socket where nothing but the name server is.
func (n *Network) onSocket(c *supervise.Call) (notify.Answer, bool) {
	family, kind := int(c.Int(0)), int(c.Int(1))
	fd, err := n.datagrams.socket(family, kind)
	if err != nil {
		return supervise.Fail(err), true
	}
	c.CloseAfter(fd)
	return notify.FD(fd, kind&unix.SOCK_CLOEXEC != 0), true
}

// onConnect connects the caller's own socket to where its copied address leads.
//
// The kernel goes on only where nothing that the caller can change meanwhile gives it
// more: a TCP socket is refused by Landlock, a datagram socket reaches the name server
// alone, and Unix sockets are judged as without a supervisor.
func (n *Network) onConnect(c *supervise.Call) (notify.Answer, bool) {
	to, family, err := n.address(c)
	if err != nil {
		return supervise.Fail(err), true
	}
	if family != unix.AF_INET && family != unix.AF_INET6 {
		return notify.Answer{}, false
	}
	fd, kind, err := n.socketOf(c)
	if err != nil {
		return supervise.Fail(err), true
	}
	defer unix.Close(fd)
	if kind.datagram {
		return notify.Continue(), true
	}
	if !kind.tcp {
		return notify.Errno(unix.EACCES), true
	}
	return n.connect(c, fd, kind, to), true
}

// connect connects a TCP socket, or returns why not.
func (n *Network) connect(c *supervise.Call, fd int, kind socketKind, to netip.AddrPort) notify.Answer {
	d, direct := n.decide(to)
	d.who = c.Event()
	switch {
	case direct != nil:
		return n.directly(fd, kind, d, direct, to.Port())
	case d.port == 0 && !d.dns:
		host := d.name
		if host == "" {
			host = to.Addr().Unmap().String()
		}
		n.told.refused(d.who, host, to.Port(), unix.EACCES)
		return notify.Errno(unix.EACCES)
	}
	relay := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(n.relay.port()))
	err := unix.Connect(fd, kind.sockaddr(relay))
	if err == nil || err == unix.EINPROGRESS {
		if port, ok := localPort(fd); ok {
			n.relay.expect(port, d)
		}
	}
	return result(err)
}

// decide finds out what an address stands for: a purpose for the relay, or addresses to
// connect to directly, or neither.
func (n *Network) decide(to netip.AddrPort) (d destination, direct []netip.Addr) {
	addr, port := to.Addr().Unmap(), to.Port()
	if port == 53 && n.nameServers[addr] {
		return destination{dns: true}, nil
	}
	name := ""
	if addr.Is4() {
		name = n.names.name(addr.As4())
	}
	if name == "" {
		name = n.resolver.nameAt(addr)
	}
	if name != "" {
		d.name = name
		h := n.spec.HostNamed(name, port)
		switch {
		case h == nil:
			return d, nil
		case (port == 80 || port == 443) && !h.Raw:
			return destination{name: name, port: port}, nil
		}
		direct, _ = n.resolver.at(name, port)
		return d, direct
	}
	if addr.Is4() && n.spec.HostAt(addr.As4(), port) != nil || addr.IsLoopback() && n.spec.HostNamed("localhost", port) != nil {
		return d, []netip.Addr{addr}
	}
	return d, nil
}

// directly connects to the first address of the socket's family that answers.
func (n *Network) directly(fd int, kind socketKind, d destination, addrs []netip.Addr, port uint16) notify.Answer {
	err := error(unix.ENETUNREACH)
	for _, a := range addrs {
		if a.Is6() && !kind.six {
			continue
		}
		to := netip.AddrPortFrom(a, port)
		err = unix.Connect(fd, kind.sockaddr(to))
		n.told.connected(d.who, d.name, to, err)
		// After a failure the same socket may be tried again (connect(2)), except while a
		// connection that does not block is under way.
		if err == nil || err == unix.EINPROGRESS || err == unix.EISCONN || err == unix.EALREADY || err == unix.EINTR {
			break
		}
	}
	return result(err)
}

func result(err error) notify.Answer {
	if err == nil {
		return notify.Value(0)
	}
	return supervise.Fail(err)
}

// onListen refuses to take connections from the network. A Unix socket is made to
// listen by the supervisor on the very socket that it looked at: if the kernel went on,
// the caller could have put a TCP socket in its place.
func (n *Network) onListen(c *supervise.Call) (notify.Answer, bool) {
	fd, err := c.File(c.Int(0))
	if err != nil {
		return supervise.Fail(err), true
	}
	defer unix.Close(fd)
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return supervise.Fail(err), true
	}
	if domain != unix.AF_UNIX {
		e := c.Event()
		n.told.ended(e, "", 0, string(query.NetworkBlocked), "", unix.EACCES)
		return notify.Errno(unix.EACCES), true
	}
	return result(unix.Listen(fd, int(c.Int(1)))), true
}
