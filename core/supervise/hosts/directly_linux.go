package hosts

import (
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/notify"
)

const (
	// look is how often a connection that is waited for is left to look at the caller.
	look = 100 * time.Millisecond
	// turn is how long an address is tried before the next of the name gets its turn.
	turn = 3 * time.Second
)

// directly connects the caller's socket to the address, or to the first address of the
// name and of the socket's family that answers. Where the socket does not block, that is
// the first address.
func (n *Network) directly(c *supervise.Call, fd int, kind socketKind, d destination, to netip.AddrPort) notify.Answer {
	port := to.Port()
	addrs := []netip.Addr{to.Addr().Unmap()}
	if d.name != "" {
		addrs, _ = n.resolver.at(d.name, port)
		if shut, ok := n.resolver.shut(d.name, port); ok && len(addrs) == 0 {
			n.told.private(d.who, d.name, shut, port)
			return notify.Errno(unix.EACCES)
		}
	}
	var some []netip.Addr
	for _, a := range addrs {
		if a.Is4() || kind.six {
			some = append(some, a)
		}
	}
	err := error(unix.ENETUNREACH)
	for i, a := range some {
		to = netip.AddrPortFrom(a, port)
		limit := turn
		if i == len(some)-1 {
			limit = 0
		}
		err = wait(c, fd, kind.sockaddr(to), limit)
		n.told.connected(d.who, d.name, to, err)
		if err == unix.ETIMEDOUT && limit != 0 {
			disconnect(fd)
			continue
		}
		// After a failure the same socket may be tried again (connect(2)), except while a
		// connection that does not block is under way.
		if err == nil || err == unix.EINPROGRESS || err == unix.EISCONN || err == unix.EALREADY || err == unix.EINTR || err == unix.ESRCH {
			break
		}
	}
	return result(err)
}

// wait is connect(2). While the caller waits in the kernel for a supervisor, a signal that
// it has a handler for does not wake it; so this looks up now and then, and ends the wait
// with EINTR, as the kernel would: the connection goes on coming about (connect(2)). The
// error is ETIMEDOUT after limit, if that is not 0, and ESRCH where the caller is gone.
func wait(c *supervise.Call, fd int, to unix.Sockaddr, limit time.Duration) error {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_NONBLOCK != 0 {
		return unix.Connect(fd, to)
	}
	own, err := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO)
	if err != nil {
		return unix.EACCES
	}
	short := unix.NsecToTimeval(look.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &short); err != nil {
		return unix.EACCES
	}
	defer unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, own)
	start := time.Now()
	for {
		err := unix.Connect(fd, to)
		if err != unix.EINPROGRESS && err != unix.EALREADY && err != unix.EINTR {
			return err
		}
		took := time.Since(start)
		switch set := time.Duration(own.Nano()); {
		case !c.Valid():
			return unix.ESRCH
		case set != 0 && took >= set:
			return unix.EINPROGRESS // the caller's own SO_SNDTIMEO (socket(7))
		case limit != 0 && took >= limit:
			return unix.ETIMEDOUT
		}
		if p, err := c.Caller(); err == nil && p.Interrupted() {
			return unix.EINTR
		}
	}
}

// disconnect ends a connection that is coming about, so that the socket can be used again
// (connect(2), AF_UNSPEC).
func disconnect(fd int) {
	var none unix.RawSockaddrAny // AF_UNSPEC is 0
	unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&none)), unix.SizeofSockaddrInet6)
}
