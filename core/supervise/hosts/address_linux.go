package hosts

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/supervise"
)

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
type socketKind struct {
	tcp, datagram, six bool
	within             bool // in the namespace of servers
	pretended          bool // see pretend
}

func (k socketKind) family() int {
	if k.six {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

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
	p, err := c.Caller()
	if err != nil {
		return -1, k, err
	}
	fd, err := p.Descriptor(c.Int(0))
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
	k.within = k.tcp && n.datagrams.has(fd)
	k.pretended = domain == unix.AF_UNIX && n.isPretended(fd)
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
