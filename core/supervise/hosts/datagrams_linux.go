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
	// ready are sockets that were made ahead, by family: of datagrams, not yet used. A
	// lookup needs two, and asking the maker takes longer than the rest of it.
	ready map[int][]int
}

// ahead is how many sockets the maker makes at once.
const ahead = 32

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
		var only []int
		if only, err = d.receive(1); err == nil {
			dns = only[0]
		}
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

// datagram returns a new socket of datagrams of the family, AF_INET or AF_INET6, with the
// flags of socket(2)'s type.
func (d *datagrams) datagram(family, flags int) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.ready[family]) == 0 {
		some, err := d.make(family, unix.SOCK_DGRAM, ahead)
		if err != nil {
			return -1, err
		}
		if d.ready == nil {
			d.ready = map[int][]int{}
		}
		d.ready[family] = some
	}
	all := d.ready[family]
	fd := all[len(all)-1]
	d.ready[family] = all[:len(all)-1]
	if flags&unix.SOCK_NONBLOCK != 0 {
		if err := unix.SetNonblock(fd, true); err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	return fd, nil
}

// stream returns a new TCP socket.
func (d *datagrams) stream(family int) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one, err := d.make(family, unix.SOCK_STREAM, 1)
	if err != nil {
		return -1, err
	}
	return one[0], nil
}

// make has the maker make sockets.
func (d *datagrams) make(family, kind, count int) ([]int, error) {
	if err := unix.Sendto(d.maker, []byte{byte(family), byte(kind), byte(count)}, unix.MSG_NOSIGNAL, nil); err != nil {
		return nil, err
	}
	return d.receive(count)
}

// receive takes what the maker sends: at least one descriptor, and at most count.
func (d *datagrams) receive(count int) ([]int, error) {
	data, control := make([]byte, 1), make([]byte, unix.CmsgSpace(4*count))
	n, size, _, _, err := unix.Recvmsg(d.maker, data, control, unix.MSG_CMSG_CLOEXEC)
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, unix.EPIPE
	case data[0] != 0:
		return nil, unix.Errno(data[0])
	}
	messages, err := unix.ParseSocketControlMessage(control[:size])
	if err != nil || len(messages) != 1 {
		return nil, unix.EPROTO
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) == 0 {
		return nil, unix.EPROTO
	}
	return fds, nil
}
