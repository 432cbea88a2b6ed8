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
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/caller"
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
	// ports are those that are open; nil where all are, or none. A TCP socket must not listen
	// beside them: it would get a port from the kernel, and Landlock is not asked about that.
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
	d := &doors{names: byname.Of(s), tell: tell, hosts: s.Traps(spec.TrapHosts), given: givenOf(s), person: person}
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

// connect connects the caller's socket, or refuses, or leaves it to who decides about
// the network.
func (d *doors) connect(c *supervise.Call) (notify.Answer, bool) {
	errno := d.connectAs(c)
	switch errno {
	case 0:
		return notify.Value(0), true
	case notMine:
		return notify.Answer{}, false
	}
	return notify.Errno(errno), true
}

// notMine is no errno of the kernel's.
const notMine = unix.Errno(1 << 20)

// most is the size of the longest address that the kernel takes: struct
// sockaddr_storage.
const most = 128

func (d *doors) connectAs(c *supervise.Call) unix.Errno {
	p, err := c.Caller()
	if err != nil {
		return unix.EACCES
	}
	fd, err := p.Descriptor(c.Int(0))
	if err != nil {
		return number(err)
	}
	defer unix.Close(fd)
	size := c.Int(2)
	if size < 0 || size > most {
		return unix.EINVAL
	}
	address := make([]byte, size)
	if err := p.Read(c.Args[1], address); err != nil {
		return number(err)
	}
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return number(err) // ENOTSOCK
	}
	if d.hosts && (domain != unix.AF_UNIX && !datagram(fd) || domain == unix.AF_UNIX && internet(address)) {
		return notMine
	}
	if domain != unix.AF_UNIX {
		// Beside hosts it is a socket of datagrams, which the supervisor has made and
		// which reaches the name server alone. Another family exists only where the network,
		// or some ports, are allowed. This process may connect to more, for credentials.
		if !d.hosts && len(d.ports) > 0 && !d.open(address) {
			return unix.EACCES
		}
		return connectRaw(fd, address)
	}
	if len(address) < 2 || binary.NativeEndian.Uint16(address) != unix.AF_UNIX {
		if len(address) >= 2 && binary.NativeEndian.Uint16(address) == unix.AF_UNSPEC {
			return unix.EINVAL // only datagrams can be disconnected
		}
		return unix.EINVAL
	}
	name := string(address[2:])
	if name == "" {
		return unix.EINVAL
	}
	if name[0] == 0 {
		if !d.scoped {
			return unix.ECONNREFUSED
		}
		// An abstract name. This process is in the domain around the command's, whose
		// scope reaches what was made inside, and nothing else (landlock(7)).
		return connectRaw(fd, address)
	}
	path, _, _ := strings.Cut(name, "\x00")
	return d.connectPath(c, p, fd, path)
}

// open reports whether address is one with an open port, or none at all (AF_UNSPEC), which
// disconnects.
func (d *doors) open(address []byte) bool {
	switch {
	case internet(address) && len(address) >= 4:
		port := binary.BigEndian.Uint16(address[2:])
		return slices.ContainsFunc(d.ports, func(p spec.Port) bool { return p.First <= port && port <= p.Last })
	case len(address) >= 2:
		return binary.NativeEndian.Uint16(address) == unix.AF_UNSPEC
	}
	return false
}

// internet reports whether an address is one of the internet, which a Unix socket has
// where it is in the place of one.
func internet(address []byte) bool {
	if len(address) < 2 {
		return false
	}
	family := binary.NativeEndian.Uint16(address)
	return family == unix.AF_INET || family == unix.AF_INET6
}

func datagram(fd int) bool {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil && kind == unix.SOCK_DGRAM
}

// connectPath connects fd to the socket at the caller's path.
func (d *doors) connectPath(c *supervise.Call, p *caller.Process, fd int, path string) unix.Errno {
	target, errno := open(p, path)
	if errno != 0 {
		return errno
	}
	defer unix.Close(target)
	var st unix.Stat_t
	if err := unix.Fstat(target, &st); err != nil {
		return number(err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return unix.ECONNREFUSED
	}
	real, err := caller.RealPath(target)
	if err != nil {
		return unix.EACCES
	}
	if !p.Like() {
		return unix.EACCES
	}
	ok, inside := d.granted(real, target)
	if !ok {
		if errno := d.ask(c, fd, real, target); errno != 0 {
			if errno == unix.EACCES {
				d.refused(c, real)
			}
			return errno
		}
	}
	// This process asks the kernel in the caller's place, so it must be no stronger.
	if !p.Like() || !c.Valid() {
		return unix.EACCES
	}
	through := append([]byte{unix.AF_UNIX, 0}, "/proc/self/fd/"+strconv.Itoa(target)+"\x00"...)
	binary.NativeEndian.PutUint16(through, unix.AF_UNIX)
	if inside {
		return connectRaw(fd, through)
	}
	return connectOutside(fd, through)
}

func (d *doors) refused(c *supervise.Call, real string) {
	if d.tell == nil {
		return
	}
	e := c.Event()
	e.Kind, e.Op, e.Path, e.Errno = audit.Refused, string(query.Connect), real, "EACCES"
	e.Reason, e.Remedy = string(query.UnixSocketBlocked), "--unix-socket "+shellquote.Word(real)
	d.tell(e)
}

// open opens what the caller's path leads to, with O_PATH.
func open(p *caller.Process, path string) (int, unix.Errno) {
	name, err := p.Find(unix.AT_FDCWD, path)
	if err != nil {
		return -1, number(err)
	}
	defer name.Close()
	fd, err := unix.Openat2(name.Dir, name.Base, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_MAGICLINKS})
	if err != nil {
		return -1, number(err)
	}
	return fd, 0
}

// number is err as an errno for the caller.
func number(err error) unix.Errno {
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EACCES
}
