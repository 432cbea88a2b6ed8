package hosts

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"

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
	return n.connect(fd, kind, to), true
}

// connect connects a TCP socket, or returns why not.
func (n *Network) connect(fd int, kind socketKind, to netip.AddrPort) notify.Answer {
	d, direct := n.decide(to)
	switch {
	case direct != nil:
		return n.directly(fd, kind, direct, to.Port())
	case d.name == "" && !d.dns:
		n.Refused(to.String(), "no line 'host' allows it")
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
func (n *Network) directly(fd int, kind socketKind, addrs []netip.Addr, port uint16) notify.Answer {
	err := error(unix.ENETUNREACH)
	for _, a := range addrs {
		if a.Is6() && !kind.six {
			continue
		}
		err = unix.Connect(fd, kind.sockaddr(netip.AddrPortFrom(a, port)))
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

// address copies the address that argument 1 points to, of the length in argument 2.
func (n *Network) address(c *supervise.Call) (netip.AddrPort, int, error) {
	size := c.Int(2)
	if size < 2 || size > 128 {
		return netip.AddrPort{}, 0, unix.EINVAL
	}
	p, err := c.Caller()
	if err != nil {
		return netip.AddrPort{}, 0, err
	}
	b := make([]byte, size)
	if err := p.Read(c.Args[1], b); err != nil {
		return netip.AddrPort{}, 0, err
	}
	family := int(binary.NativeEndian.Uint16(b))
	switch {
	case family == unix.AF_INET && len(b) >= 16:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), binary.BigEndian.Uint16(b[2:])), family, nil
	case family == unix.AF_INET6 && len(b) >= 24:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), binary.BigEndian.Uint16(b[2:])), family, nil
	case family == unix.AF_INET || family == unix.AF_INET6:
		return netip.AddrPort{}, family, unix.EINVAL
	}
	return netip.AddrPort{}, family, nil
}

// A socketKind is what a socket of the internet is.
type socketKind struct{ tcp, datagram, six bool }

// sockaddr words an address for the socket's family.
func (k socketKind) sockaddr(a netip.AddrPort) unix.Sockaddr {
	if k.six {
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
}

// socketOf takes a descriptor of the socket that argument 0 is. The caller closes it.
func (n *Network) socketOf(c *supervise.Call) (int, socketKind, error) {
	var k socketKind
	fd, err := c.File(c.Int(0))
	if err != nil {
		return -1, k, err
	}
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		unix.Close(fd)
		return -1, k, err
	}
	kind, err1 := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	protocol, err2 := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	if err1 != nil || err2 != nil {
		unix.Close(fd)
		return -1, k, unix.EACCES
	}
	internet := domain == unix.AF_INET || domain == unix.AF_INET6
	k.tcp = internet && kind == unix.SOCK_STREAM && protocol == unix.IPPROTO_TCP
	k.datagram = internet && kind == unix.SOCK_DGRAM
	k.six = domain == unix.AF_INET6
	return fd, k, nil
}

func localPort(fd int) (uint16, bool) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return 0, false
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return uint16(sa.Port), true
	case *unix.SockaddrInet6:
		return uint16(sa.Port), true
	}
	return 0, false
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
		n.Refused("listening", "with --host no connections are taken")
		return notify.Errno(unix.EACCES), true
	}
	return result(unix.Listen(fd, int(c.Int(1)))), true
}

// nameServers are the addresses of resolv.conf(5), to which TCP connections for lookups go.
func nameServers() map[netip.Addr]bool {
	all := map[netip.Addr]bool{}
	text, _ := os.ReadFile("/etc/resolv.conf")
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "nameserver" {
			continue
		}
		if a, err := netip.ParseAddr(f[1]); err == nil {
			all[a.Unmap()] = true
		}
	}
	if len(all) == 0 {
		all[netip.AddrFrom4([4]byte{127, 0, 0, 1})] = true
	}
	return all
}
