package hosts

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// datagrams makes sockets in a network namespace of their own, in which every address
// leads to one name server and nothing leads out. A process of its own, the
// maker, lives there: an ordinary user cannot enter a namespace from outside.
type datagrams struct {
	mu    sync.Mutex
	maker int // a socket to the maker
	dns   int // the name server's socket, in that namespace
	// cookie is the number of the namespace.
	cookie uint64
}

// isolated reports whether there is a namespace.
func (d *datagrams) isolated() bool { return d.maker > 0 }

// has reports whether a socket is in the namespace.
func (d *datagrams) has(fd int) bool {
	cookie, err := netnsCookie(fd)
	return err == nil && d.isolated() && cookie == d.cookie
}

// netnsCookie is the number of a socket's network namespace, which no other has had
// since the start of the system (SO_NETNS_COOKIE, since Linux 5.14).
func netnsCookie(fd int) (uint64, error) {
	return unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
}

// StartDatagrams starts the maker: self with the flag --datagrams=FD. It returns the
// socket to the maker and the name server's, which an exec hands on; ok is false where no
// network namespace can be made. It must come before this process is confined: who makes
// a user namespace writes the map of ids.
func StartDatagrams(self string) (maker, dns int, ok bool) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, false
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
	if err == nil {
		err = keepOverExec(pair[0], dns)
	}
	if err != nil {
		unix.Close(pair[0])
		return -1, -1, false
	}
	return pair[0], dns, true
}

func keepOverExec(fds ...int) error {
	for _, fd := range fds {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
			return err
		}
	}
	return nil
}

// socket returns a new socket of the family, AF_INET or AF_INET6, and of socket(2)'s
// type, SOCK_DGRAM or SOCK_STREAM with flags.
func (d *datagrams) socket(family, kind int) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := unix.Sendto(d.maker, []byte{byte(family), byte(kind & 0xf), byte(kind & unix.SOCK_NONBLOCK >> 8)}, unix.MSG_NOSIGNAL, nil); err != nil {
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
