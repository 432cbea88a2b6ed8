package hosts

import (
	"os"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// datagrams makes datagram sockets in a network namespace of their own, in which every
// address leads to one name server and nothing leads out. A process of its own, the
// maker, lives there: an ordinary user cannot enter a namespace from outside.
type datagrams struct {
	mu    sync.Mutex
	maker int // a socket to the maker
	dns   int // the name server's socket, in that namespace
}

// StartDatagrams starts the maker: self with the flag --datagrams=FD. It returns the
// socket to the maker and the name server's, which an exec hands on. It must come before
// this process is confined: who makes a user namespace writes the map of ids.
func StartDatagrams(self string) (maker, dns int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, cannotAnswer(err)
	}
	defer unix.Close(pair[1])
	a := &syscall.ProcAttr{Env: []string{}, Files: []uintptr{0, 1, 2, uintptr(pair[1])}, Sys: &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}}
	if os.Geteuid() != 0 {
		a.Sys.Cloneflags |= unix.CLONE_NEWUSER
		a.Sys.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		a.Sys.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	pid, err := syscall.ForkExec(self, []string{"nono-supervise", "--datagrams=3"}, a)
	if err == nil {
		// It starts the maker and ends, so that the maker is no child of this process.
		var status unix.WaitStatus
		_, err = unix.Wait4(pid, &status, 0, nil)
	}
	if err == nil {
		d := datagrams{maker: pair[0]}
		dns, err = d.receive()
	}
	for _, fd := range []int{pair[0], dns} {
		if err == nil {
			_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0)
		}
	}
	if err != nil {
		return -1, -1, cannotAnswer(err)
	}
	return pair[0], dns, nil
}

func cannotAnswer(err error) error {
	return &fault.Error{Do: "answer lookups of names", Err: fault.Text("no network namespace can be made (" + err.Error() + ")"),
		Hint: "--net-block needs none; without either flag the network is open"}
}

// socket returns a new socket of the family, AF_INET or AF_INET6, with the flags of
// socket(2)'s type.
func (d *datagrams) socket(family, flags int) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := unix.Sendto(d.maker, []byte{byte(family), byte(flags & unix.SOCK_NONBLOCK >> 8)}, unix.MSG_NOSIGNAL, nil); err != nil {
		return -1, err
	}
	return d.receive()
}

func (d *datagrams) receive() (int, error) {
	data, control := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	n, size, _, _, err := unix.Recvmsg(d.maker, data, control, unix.MSG_CMSG_CLOEXEC)
	switch {
	case err != nil:
		return -1, err
	case n == 0:
		return -1, unix.EPIPE
	case data[0] != 0:
		return -1, unix.Errno(data[0])
	}
	messages, err := unix.ParseSocketControlMessage(control[:size])
	if err != nil || len(messages) != 1 {
		return -1, unix.EPROTO
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1, unix.EPROTO
	}
	return fds[0], nil
}

// MakeDatagrams is the maker. It is called twice: first as the process that makes the
// network of the namespace and starts the maker, then (again) as the maker, which ends
// when the supervisor does.
func MakeDatagrams(fd int, again bool) error {
	if !again {
		if err := prepareNetwork(); err != nil {
			send(fd, -1, err)
			return err
		}
		_, err := syscall.ForkExec("/proc/self/exe", []string{"nono-supervise", "--datagrams=" + strconv.Itoa(fd), "--again"},
			&syscall.ProcAttr{Env: []string{}, Files: []uintptr{0, 1, 2, uintptr(fd)}, Sys: &syscall.SysProcAttr{Setsid: true}})
		if err != nil {
			send(fd, -1, err)
		}
		return err
	}
	for i := range 3 {
		unix.Close(i) // the terminal is the command's alone
	}
	dns, err := nameServerSocket()
	send(fd, dns, err)
	if err != nil {
		return err
	}
	unix.Close(dns)
	for {
		request := make([]byte, 2)
		n, err := unix.Read(fd, request)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n != 2 {
			return nil
		}
		s, err := unix.Socket(int(request[0]), unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|int(request[1])<<8, unix.IPPROTO_UDP)
		if send(fd, s, err) != nil {
			return nil
		}
		if err == nil {
			unix.Close(s)
		}
	}
}

// send sends a descriptor, or why there is none.
func send(to, fd int, err error) error {
	if err != nil {
		errno, ok := err.(unix.Errno)
		if !ok || errno == 0 || errno > 255 {
			errno = unix.EPERM
		}
		return unix.Sendto(to, []byte{byte(errno)}, unix.MSG_NOSIGNAL, nil)
	}
	return unix.Sendmsg(to, []byte{0}, unix.UnixRights(fd), nil, unix.MSG_NOSIGNAL)
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

// prepareNetwork sets up the loopback device, and makes every IPv4 address one of this
// namespace's own.
func prepareNetwork() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, r); err != nil {
		return err
	}
	return routeAll()
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
