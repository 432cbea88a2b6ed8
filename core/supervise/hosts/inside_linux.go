package hosts

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
)

// Servers inside have their sockets in the maker's network namespace, whose loopback
// device nobody outside can reach, and from which nothing leads out. A program's TCP
// socket is an ordinary one until the program binds it or listens: then the supervisor
// puts one of that namespace in its place. A client inside connects to the relay, which
// connects to the server in its namespace.

// onBind gives a socket its address: the one that was copied. The kernel goes on only
// where Landlock judges that (Unix sockets; a TCP socket is refused), or where the
// socket is one of datagrams, which the supervisor has made.
func (n *Network) onBind(c *supervise.Call) (notify.Answer, bool) {
	fd, kind, err := n.socketOf(c)
	if err != nil {
		return supervise.Fail(err), true
	}
	defer unix.Close(fd)
	switch {
	case kind.pretended:
		return notify.Value(0), true
	case !kind.tcp:
		return notify.Continue(), true
	}
	to, family, err := n.address(c)
	if err != nil {
		return supervise.Fail(err), true
	}
	if family != unix.AF_INET && family != unix.AF_INET6 || family == unix.AF_INET6 && !kind.six {
		return notify.Errno(unix.EAFNOSUPPORT), true
	}
	if !n.datagrams.isolated() && to.Port() == 0 {
		return notify.Value(0), true // of a client, whose address matters to nobody
	}
	return n.within(c, fd, kind, func(s int) error { return unix.Bind(s, kind.sockaddr(to)) }), true
}

// onListen has a server inside take connections. A Unix socket is made to listen by the
// supervisor on the very socket that it looked at: if the kernel went on, the caller
// could have put a TCP socket in its place.
func (n *Network) onListen(c *supervise.Call) (notify.Answer, bool) {
	fd, kind, err := n.socketOf(c)
	if err != nil {
		return supervise.Fail(err), true
	}
	defer unix.Close(fd)
	backlog := int(c.Int(1))
	if !kind.tcp {
		return result(unix.Listen(fd, backlog)), true
	}
	return n.within(c, fd, kind, func(s int) error { return unix.Listen(s, backlog) }), true
}

// within does something to the caller's TCP socket fd in the namespace of servers. Where
// the socket is not of that namespace, another one with the same options takes its place
// in the caller, once that has worked.
func (n *Network) within(c *supervise.Call, fd int, kind socketKind, do func(int) error) notify.Answer {
	if !n.datagrams.isolated() {
		e := n.told.who(c)
		e.Kind, e.Op, e.Host, e.Reason, e.Errno = audit.Refused, "listen", "localhost", noNamespace, "EACCES"
		n.told.say(e)
		return notify.Errno(unix.EACCES)
	}
	if kind.within {
		return result(do(fd))
	}
	p, err := c.Caller()
	if err != nil {
		return supervise.Fail(err)
	}
	s, err := n.datagrams.stream(kind.family())
	if err != nil {
		return supervise.Fail(err)
	}
	c.CloseAfter(s)
	copyOptions(s, fd, kind)
	if err := do(s); err != nil {
		return result(err)
	}
	return notify.Instead(s, c.Int(0), p.CloseOnExec(c.Int(0)), 0)
}

// option is one that a program may set before it binds a socket. The values of all are
// int.
type option struct{ level, name int }

var options = [...]option{
	{unix.SOL_SOCKET, unix.SO_REUSEADDR}, {unix.SOL_SOCKET, unix.SO_REUSEPORT}, {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
	{unix.SOL_SOCKET, unix.SO_OOBINLINE}, {unix.IPPROTO_TCP, unix.TCP_NODELAY}, {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
	{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL}, {unix.IPPROTO_TCP, unix.TCP_KEEPCNT}, {unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT},
	{unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT}, {unix.IPPROTO_TCP, unix.TCP_FASTOPEN},
}

// copyOptions makes the socket to like from. What cannot be copied is as in a new socket.
func copyOptions(to, from int, kind socketKind) {
	all := options[:]
	if kind.six {
		all = append(all[:len(all):len(all)], option{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY})
	}
	for _, o := range all {
		value, err := unix.GetsockoptInt(from, o.level, o.name)
		old, err2 := unix.GetsockoptInt(to, o.level, o.name)
		if err == nil && (err2 != nil || value != old) {
			unix.SetsockoptInt(to, o.level, o.name, value)
		}
	}
	for _, name := range [...]int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
		if value, err := unix.GetsockoptTimeval(from, unix.SOL_SOCKET, name); err == nil && value.Nano() != 0 {
			unix.SetsockoptTimeval(to, unix.SOL_SOCKET, name, value)
		}
	}
	if flags, err := unix.FcntlInt(uintptr(from), unix.F_GETFL, 0); err == nil && flags&unix.O_NONBLOCK != 0 {
		unix.SetNonblock(to, true)
	}
}

// dialInside connects to a server inside. Any address of this machine will do.
func (n *Network) dialInside(to netip.AddrPort) (*stream, error) {
	if !n.datagrams.isolated() {
		return nil, unix.ECONNREFUSED
	}
	to = loopback(to)
	kind := socketKind{tcp: true, six: to.Addr().Is6()}
	s, err := n.datagrams.stream(kind.family())
	if err != nil {
		return nil, err
	}
	// A connection within the namespace comes about at once, or is refused.
	err = unix.Connect(s, kind.sockaddr(to))
	if err == nil {
		err = unix.SetNonblock(s, true)
	}
	if err != nil {
		unix.Close(s)
		return nil, err
	}
	return n.relay.means.newStream(s), nil
}

// loopback is the address with 0.0.0.0 and :: as what connecting there means.
func loopback(a netip.AddrPort) netip.AddrPort {
	addr := a.Addr().Unmap()
	if addr.IsUnspecified() && addr.Is4() {
		addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if addr.IsUnspecified() {
		addr = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(addr, a.Port())
}

// listenOutside takes connections at an address outside for the server inside that has
// the same port.
func (n *Network) listenOutside(l net.Listener) {
	port := l.Addr().(*net.TCPAddr).AddrPort().Port()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go n.letIn(c.(*net.TCPConn), port)
	}
}

// letIn relays a connection from outside to the server inside at the port.
func (n *Network) letIn(from *net.TCPConn, port uint16) {
	c, err := n.relay.means.take(from)
	if err != nil {
		return
	}
	defer c.Close()
	for _, a := range [...]netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()} {
		if server, err := n.dialInside(netip.AddrPortFrom(a, port)); err == nil {
			defer server.Close()
			both(c, server)
			return
		}
	}
	reset(c)
}
