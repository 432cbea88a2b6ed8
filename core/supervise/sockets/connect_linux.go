package sockets

import (
	"encoding/binary"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

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
		// or some ports, are allowed, or where somebody has handed such a socket in. This
		// process may connect to more, for credentials.
		if !d.hosts && !d.net && !d.open(address) {
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

// connectRaw is connect(2) with an address as it is in memory. It waits as long as the
// caller would have waited.
func connectRaw(fd int, address []byte) unix.Errno {
	var at unsafe.Pointer
	if len(address) > 0 {
		at = unsafe.Pointer(&address[0])
	}
	_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(at), uintptr(len(address)))
	runtime.KeepAlive(address)
	return errno
}

// connectOutside is connectRaw to a server outside. From Linux 6.16 on no descriptor comes
// in by the connection (SO_PASSRIGHTS): the server's sending fails with EPERM. The filter
// keeps the command from changing that option.
func connectOutside(fd int, address []byte) unix.Errno {
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSRIGHTS, 0)
	errno := connectRaw(fd, address)
	if errno != 0 {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSRIGHTS, 1)
	}
	return errno
}
