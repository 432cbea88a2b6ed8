// Package sockets lets a sandboxed command connect to single Unix sockets, and to those
// that it made itself, on a kernel whose Landlock knows no right for that.
//
// The filter lets Unix sockets be made there, of streams and of packets in sequence,
// which reach nobody until they are connected; and every socket(2), connect(2), bind(2) and
// listen(2) comes here. A connect(2) is never let through, since descriptor and address could
// be others by the time the kernel looks: the supervisor connects the very socket that it was
// asked about, to the very file that it has looked at.
package sockets

import (
	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// doors knows to which sockets a connection may be made.
type doors struct {
	names *byname.Names
	tell  func(audit.Event)
	// hosts tells that another feature decides about the network.
	hosts bool
	// scoped tells that the kernel keeps this process's own domain from the abstract
	// sockets outside.
	scoped bool
	// net tells that the whole network is open, and ports which are where it is not. A TCP
	// socket must not listen beside ports: it would get a port from the kernel, and Landlock is not asked about that.
	net   bool
	ports []spec.Port
	// given are the sockets that lines name, held open since the start.
	given map[string]int
	// person is asked about the others; nil where nobody is.
	person Person
	// answered are the sockets that a person has said yes to.
	answered answered

	// made are the sockets of processes inside.
	made inside
}

// Feature returns what answers connect(2) and bind(2) in the sandbox of s. tell hears of
// what is refused. person is asked about that before, or nil.
func Feature(s *spec.Spec, tell func(audit.Event), person Person) supervise.Feature {
	d := &doors{names: byname.Of(s), tell: tell, hosts: s.Traps(spec.TrapHosts), given: givenOf(s), person: person, net: s.Net}
	if !s.Net {
		d.ports = s.Ports
	}
	if support, err := kernel.Detect(); err == nil {
		d.scoped = support.ABI >= kernel.ABIScope && !s.UnixSockets
	}
	return supervise.Feature{Name: "Unix sockets", Slow: true,
		Decide: map[string]supervise.Decider{"socket": d.socket, "connect": d.connect, "bind": d.bind, "listen": d.listen}}
}

// socket makes a Unix socket in the caller's place, so that it is known as made inside
// whoever binds it: also a process whose descriptors nobody may look at (prctl(2),
// PR_SET_DUMPABLE), as gpg-agent.
func (d *doors) socket(c *supervise.Call) (notify.Answer, bool) {
	kind := int(c.Int(1))
	if family := c.Int(0); family != unix.AF_UNIX {
		// A family that is allowed, as the registers say; hosts makes the datagrams' sockets.
		hosts := d.hosts && kind&0xf == unix.SOCK_DGRAM && (family == unix.AF_INET || family == unix.AF_INET6)
		return notify.Continue(), !hosts
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, int(c.Int(2)))
	if err != nil {
		return notify.Errno(number(err)), true
	}
	if err := d.made.add(fd); err != nil {
		unix.Close(fd)
		return notify.Errno(unix.EACCES), true
	}
	return notify.OwnFD(fd, kind&unix.SOCK_CLOEXEC != 0), true
}

// bind lets the kernel go on with a Unix socket: where its file may be made Landlock
// decides, and an abstract name gives nothing.
func (d *doors) bind(c *supervise.Call) (notify.Answer, bool) {
	if !d.hosts {
		return notify.Continue(), true
	}
	p, err := c.Caller()
	if err != nil {
		return notify.Errno(unix.EACCES), true
	}
	fd, err := p.Descriptor(c.Int(0))
	if err != nil {
		return notify.Continue(), err == unix.EBADF // as the kernel will find
	}
	defer unix.Close(fd)
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	return notify.Continue(), err == nil && domain == unix.AF_UNIX
}

// listen has a Unix socket listen. Where others must not, this process does it, on the very
// socket that it has looked at.
func (d *doors) listen(c *supervise.Call) (notify.Answer, bool) {
	if d.hosts {
		return notify.Answer{}, false // hosts does the same
	}
	if len(d.ports) == 0 {
		return notify.Continue(), true
	}
	p, err := c.Caller()
	if err != nil {
		return notify.Errno(unix.EACCES), true
	}
	fd, err := p.Descriptor(c.Int(0))
	if err != nil {
		return notify.Errno(number(err)), true
	}
	defer unix.Close(fd)
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	switch {
	case err != nil:
		return notify.Errno(number(err)), true // ENOTSOCK
	case domain != unix.AF_UNIX:
		return notify.Errno(unix.EPERM), true
	}
	if err := unix.Listen(fd, int(c.Int(1))); err != nil {
		return notify.Errno(number(err)), true
	}
	return notify.Value(0), true
}

// number is err as an errno for the caller.
func number(err error) unix.Errno {
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EACCES
}
