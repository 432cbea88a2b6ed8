package hosts

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
)

// onSocket makes a datagram socket where nothing but the name server is.
func (n *Network) onSocket(c *supervise.Call) (notify.Answer, bool) {
	family, kind := int(c.Int(0)), int(c.Int(1))
	if kind&0xf != unix.SOCK_DGRAM || family != unix.AF_INET && family != unix.AF_INET6 {
		return notify.Answer{}, false // another group asks about it; the filter judges
	}
	var fd int
	var err error
	if n.datagrams.isolated() {
		fd, err = n.datagrams.datagram(family, kind)
	} else {
		fd, err = n.pretend(kind)
	}
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
	switch {
	case kind.pretended && to.Port() != 53:
		return notify.Errno(unix.ENETUNREACH), true
	case kind.pretended:
		return notify.Value(0), true
	case kind.datagram:
		return notify.Continue(), true
	}
	if !kind.tcp {
		return notify.Errno(unix.EACCES), true
	}
	return n.connect(c, fd, kind, to), true
}

// connect connects a TCP socket, or returns why not.
func (n *Network) connect(c *supervise.Call, fd int, kind socketKind, to netip.AddrPort) notify.Answer {
	d := n.decide(n.rules.at(), to)
	d.who = n.told.who(c)
	if d.refused() {
		rules, err := n.ask(c, fd, d, to)
		if err == unix.EINTR {
			return result(err)
		}
		if err == nil {
			who := d.who
			d = n.decide(rules, to)
			d.who = who
			if err := n.leadsNowhere(d, to.Port()); err != nil {
				return result(err)
			}
		}
	}
	switch {
	case d.inside && kind.within:
		return result(unix.Connect(fd, kind.sockaddr(to)))
	case d.inside:
		var err error
		if d.server, err = n.dialInside(to); err != nil {
			return n.noServer(d, to, err)
		}
	case d.refused():
		host := d.name
		if host == "" {
			host = to.Addr().Unmap().String()
		}
		n.told.refused(d.who, host, to.Port(), unix.EACCES)
		return notify.Errno(unix.EACCES)
	case kind.within:
		return n.outward(c, fd, kind, d, to)
	}
	return n.reach(c, fd, kind, d, to)
}

// reach connects a socket of this network to what is allowed: directly, or to the relay.
func (n *Network) reach(c *supervise.Call, fd int, kind socketKind, d destination, to netip.AddrPort) notify.Answer {
	if d.direct {
		return n.directly(c, fd, kind, d, to)
	}
	if kind.six {
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0) // the relay has an IPv4 address
	}
	err := unix.Connect(fd, kind.sockaddr(n.relay.address()))
	if err == nil || err == unix.EINPROGRESS {
		if port, ok := localPort(fd); ok {
			c.After(func() { n.relayed(port, d) })
			return result(err)
		}
	}
	if d.server != nil {
		d.server.Close()
	}
	return result(err)
}

// relayed relays the connection that was made to the relay from the port.
func (n *Network) relayed(port uint16, d destination) {
	s, err := n.relay.arrival(port)
	if err == nil {
		n.relay.handle(s, d)
	} else if d.server != nil {
		d.server.Close()
	}
}

// noServer answers that nobody listens inside at an address of this machine. Where
// somebody does outside, that is told.
func (n *Network) noServer(d destination, to netip.AddrPort, err error) notify.Answer {
	if n.told.tell != nil && n.outside.has(to.Port()) {
		n.told.ended(d.who, "localhost", to.Port(), nobodyInside, "--host localhost:"+strconv.Itoa(int(to.Port())), unix.ECONNREFUSED)
	}
	return result(err)
}

// decide finds out what an address stands for. The result has no port where the spec lets
// nothing be reached there.
func (n *Network) decide(rules *spec.Spec, to netip.AddrPort) destination {
	addr, port := to.Addr().Unmap(), to.Port()
	if port == 53 && n.nameServers[addr] {
		return destination{dns: true}
	}
	name := ""
	if addr.Is4() {
		name = n.names.name(addr.As4())
	}
	if name == "" {
		name = n.resolver.nameAt(addr)
	}
	if name != "" {
		h := reach.Named(rules, name, port)
		if h == nil {
			return destination{name: name}
		}
		return destination{name: name, port: port, direct: (port != 80 && port != 443 || h.Raw) && !h.Proxy, proxy: h.Proxy}
	}
	if reach.DeniedAt(rules, addr.As16(), port) != nil {
		return destination{}
	}
	h := reach.At(rules, addr.As16(), port)
	if h == nil && addr.IsLoopback() {
		h = reach.Named(rules, "localhost", port)
	}
	if h != nil {
		proxy := h.Proxy || !h.Raw && n.resolver.proxyAt(netip.AddrPortFrom(addr, port))
		return destination{addr: addr, port: port, direct: !proxy, proxy: proxy}
	}
	return destination{inside: addr.IsLoopback() || addr.IsUnspecified()}
}

func result(err error) notify.Answer {
	if err == nil {
		return notify.Value(0)
	}
	return supervise.Fail(err)
}
