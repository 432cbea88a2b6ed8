package hosts

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/enforce/confine"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// MakeDatagrams is the maker. It is called twice: first as the process that makes the
// network of the namespace and starts the maker, then (again) as the maker, which ends
// when the supervisor does.
func MakeDatagrams(fd int, again bool) error {
	if again {
		return makeSockets(fd)
	}
	dns, err := prepareNetwork()
	if err == nil {
		err = startMaker(fd)
	}
	if err2 := send(fd, err, dns); err == nil {
		err = err2
	}
	return err
}

// startMaker starts the maker with nothing that it has no use for: it can open no file but
// its own program, and has no capability, not even in its own namespace.
func startMaker(fd int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	runtime.LockOSThread() // what is given up here is given up by this thread
	outer := confine.Outer{Paths: []spec.Path{{Kind: spec.ReadFile, Path: self, By: spec.Origin{Source: spec.System}}}}
	if err := confine.Enter(&spec.Spec{}, outer); err != nil {
		return err
	}
	for c := uintptr(0); c < 64; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if err == unix.EINVAL {
			break // beyond the last that this kernel knows
		}
		if err != nil {
			return err
		}
	}
	_, err = syscall.ForkExec(self, []string{"nono-supervise", "--datagrams=" + strconv.Itoa(fd), "--again"},
		&syscall.ProcAttr{Env: []string{}, Files: []uintptr{0, 1, 2, uintptr(fd)}, Sys: &syscall.SysProcAttr{Setsid: true}})
	return err
}

// makeSockets makes a socket for each request until there is nobody left who asks.
func makeSockets(fd int) error {
	for i := range 3 {
		unix.Close(i) // the terminal is the command's alone
	}
	for {
		request := make([]byte, 3)
		n, err := unix.Read(fd, request)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n != len(request) {
			return nil
		}
		fds, err := sockets(int(request[0]), int(request[1]), int(request[2]))
		failed := send(fd, err, fds...)
		for _, s := range fds {
			unix.Close(s)
		}
		if failed != nil {
			return nil
		}
	}
}

// sockets makes some sockets, all that are wanted or as many as there may be.
func sockets(family, kind, count int) (fds []int, err error) {
	for range count {
		s, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			if len(fds) > 0 {
				break
			}
			return nil, err
		}
		fds = append(fds, s)
	}
	return fds, nil
}

// send sends descriptors, or why there are none.
func send(to int, err error, fds ...int) error {
	if err != nil {
		errno, ok := err.(unix.Errno)
		if !ok || errno == 0 || errno > 255 {
			errno = unix.EPERM
		}
		return unix.Sendto(to, []byte{byte(errno)}, unix.MSG_NOSIGNAL, nil)
	}
	return unix.Sendmsg(to, []byte{0}, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL)
}

// nameServerSocket is the one to which every address's port 53 leads.
func nameServerSocket() (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	err = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Port: 53})
	}
	return fd, err
}

// prepareNetwork sets up the loopback device, makes every IPv4 address one of this
// namespace's own, and returns the name server's socket.
func prepareNetwork() (int, error) {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(s)
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return -1, err
	}
	r.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, r); err != nil {
		return -1, err
	}
	if err := routeAll(); err != nil {
		return -1, err
	}
	return nameServerSocket()
}

// routeAll adds the route "local 0.0.0.0/0 dev lo" (rtnetlink(7)).
func routeAll() error {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	var m struct {
		head  unix.NlMsghdr
		route unix.RtMsg
		attr  unix.RtAttr
		index uint32
	}
	m.head = unix.NlMsghdr{Len: uint32(unsafe.Sizeof(m)), Type: unix.RTM_NEWROUTE, Flags: unix.NLM_F_REQUEST | unix.NLM_F_CREATE | unix.NLM_F_ACK}
	m.route = unix.RtMsg{Family: unix.AF_INET, Table: unix.RT_TABLE_LOCAL, Protocol: unix.RTPROT_STATIC, Scope: unix.RT_SCOPE_HOST, Type: unix.RTN_LOCAL}
	m.attr = unix.RtAttr{Len: unix.SizeofRtAttr + 4, Type: unix.RTA_OIF}
	m.index = 1 // the loopback device is the first of every namespace
	b := unsafe.Slice((*byte)(unsafe.Pointer(&m)), unsafe.Sizeof(m))
	if err := unix.Sendto(s, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	reply := make([]byte, 4096)
	n, err := unix.Read(s, reply)
	if err != nil {
		return err
	}
	if n < unix.SizeofNlMsghdr+4 {
		return fault.Text("the kernel's answer about the route is cut short")
	}
	if errno := *(*int32)(unsafe.Pointer(&reply[unix.SizeofNlMsghdr])); errno != 0 {
		return unix.Errno(-errno)
	}
	return nil
}
