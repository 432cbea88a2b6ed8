//go:build linux

package try

import (
	"strconv"

	"golang.org/x/sys/unix"
)

var socketOps = map[string]op{
	// socket FAMILY TYPE [PROTOCOL], as numbers
	"socket": func(a []string) error { return socket(numbers(a)) },
	// socketpair TYPE
	"socketpair": func(a []string) error { return socketpair(numbers(a)[0]) },

	"tcp-connect":  func(a []string) error { return tcp(a[0], unix.Connect) },
	"tcp-bind":     func(a []string) error { return tcp(a[0], unix.Bind) },
	"udp-send":     func(a []string) error { return udpSend(a[0]) },
	"unix-stream":  func(a []string) error { return unixTo(unix.SOCK_STREAM, a[0]) },
	"unix-packets": func(a []string) error { return unixTo(unix.SOCK_SEQPACKET, a[0]) },
	// the same to a path of any length
	"unix-place": func(a []string) error { return unixPlace(a[0]) },
	"unix-bind":  func(a []string) error { return unixBind(a[0]) },
	"unix-send":  func(a []string) error { return unixSend(a[0]) },
	// the same through a descriptor that the command was given
	"send-by-0": func(a []string) error { return unix.Sendto(0, []byte("x"), 0, &unix.SockaddrUnix{Name: a[0]}) },
	"stat-0":    func([]string) error { return unix.Fstat(0, new(unix.Stat_t)) },
}

func numbers(words []string) []int {
	n := make([]int, max(3, len(words)))
	for i, w := range words {
		v, err := strconv.ParseInt(w, 0, 64)
		if err != nil {
			panic(err)
		}
		n[i] = int(v)
	}
	return n
}

func socket(n []int) error { return Opened(unix.Socket(n[0], n[1], n[2])) }

func socketpair(kind int) error {
	fds, err := unix.Socketpair(unix.AF_UNIX, kind, 0)
	if err == nil {
		unix.Close(fds[0])
		unix.Close(fds[1])
	}
	return err
}

func loopback(port string) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Port: numbers([]string{port})[0], Addr: [4]byte{127, 0, 0, 1}}
}

func tcp(port string, do func(int, unix.Sockaddr) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return do(fd, loopback(port))
}

func udpSend(port string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Sendto(fd, []byte("x"), 0, loopback(port))
}

func unixTo(kind int, name string) error {
	fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Connect(fd, &unix.SockaddrUnix{Name: name})
}

func unixSend(name string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Sendto(fd, []byte("x"), 0, &unix.SockaddrUnix{Name: name})
}

// unixPlace connects to a socket by a descriptor of it: an address has 108 bytes
// at most. It does not wait.
func unixPlace(path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	at, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(at)
	return unix.Connect(fd, &unix.SockaddrUnix{Name: "/proc/self/fd/" + strconv.Itoa(at)})
}

// unixBind makes a socket there; by mknod(2) where the path is too long for an
// address, once there is a socket at all.
func unixBind(path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if len(path) > 107 || path == "" || path[0] == '@' {
		return unix.Mknod(path, unix.S_IFSOCK|0o644, 0)
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err == unix.EADDRINUSE {
		return unix.EEXIST
	}
	return err
}
