package main_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// A socket that the command inherits must not be one that can be turned towards
// what is blocked.
func TestInheritedSockets(t *testing.T) {
	eachABI(t, func(t *testing.T, abi int, u testenv.User) {
		p := newPlace(t, u, shimFor(t, abi))
		const (
			aimable = "a Unix socket that can be connected anywhere"
			network = "a network socket"
		)
		for _, c := range []struct {
			name          string
			make          func(t *testing.T) int
			refused       string
			net, unixOpen bool // which scalar opens it
		}{
			{"a Unix datagram socket", socketOf(unix.AF_UNIX, unix.SOCK_DGRAM), aimable, false, true},
			{"a raw Unix socket", socketOf(unix.AF_UNIX, unix.SOCK_RAW), aimable, false, true},
			{"one of a pair of datagram sockets", pairOf(unix.SOCK_DGRAM), aimable, false, true},
			{"an unconnected stream", socketOf(unix.AF_UNIX, unix.SOCK_STREAM), aimable, false, true},
			{"an unconnected seqpacket socket", socketOf(unix.AF_UNIX, unix.SOCK_SEQPACKET), aimable, false, true},
			{"a bound stream", boundStream, aimable, false, true},
			{"one of a pair of streams", pairOf(unix.SOCK_STREAM), "", false, false},
			{"one of a pair of seqpacket sockets", pairOf(unix.SOCK_SEQPACKET), "", false, false},
			{"a listening stream", listeningStream, "", false, false},
			{"UDP", socketOf(unix.AF_INET, unix.SOCK_DGRAM), network, true, false},
			{"UDP over IPv6", socketOf(unix.AF_INET6, unix.SOCK_DGRAM), network, true, false},
			{"TCP", socketOf(unix.AF_INET, unix.SOCK_STREAM), network, true, false},
			{"connected TCP", connectedTCP, network, true, false},
			{"netlink", socketOf(unix.AF_NETLINK, unix.SOCK_RAW), network, true, false},
		} {
			t.Run(c.name, func(t *testing.T) {
				fd := c.make(t)
				if fd < 0 {
					t.Skip("this kernel has no such socket")
				}
				socket := os.NewFile(uintptr(fd), "socket")
				defer socket.Close()
				for _, at := range []int{0, 3} {
					for _, open := range []bool{false, true} {
						lines := ""
						if at == 3 {
							lines = "keep-fd 3"
						}
						if open && c.net {
							lines += "; net allow"
						}
						if open && c.unixOpen {
							lines += "; unix-sockets allow"
						}
						cmd := p.command(t, lines, "fds")
						want := "0 1 2"
						if at == 0 {
							cmd.Stdin = socket
						} else {
							cmd.ExtraFiles = append(cmd.ExtraFiles, socket)
							want += " 3"
						}
						if c.refused == "" || open {
							if got := p.answers(t, cmd, []string{"fds"})[0]; got != want {
								t.Errorf("as %d, with %q: %s", at, lines, got)
							}
							continue
						}
						if c.unixOpen && abi >= 9 {
							continue // Landlock holds it wherever it is turned to
						}
						o := run(t, cmd)
						flag := "no --net-block"
						if c.unixOpen {
							flag = "--allow-unix-sockets"
						}
						wantErr := fmt.Sprintf("nono: error: cannot hand over descriptor %d: it is %s, which is blocked\nnono: hint: redirect it, or use %s\n", at, c.refused, flag)
						if o.status != 125 || o.stdout != "" || o.stderr != wantErr {
							t.Errorf("as %d: %+v", at, o)
						}
					}
				}
			})
		}
	})
}

// The way that is refused above is one: a datagram goes out by such a socket.
func TestInheritedDatagramControl(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		_, datagram, _ := servers(t, u)
		socket := os.NewFile(uintptr(pairOf(unix.SOCK_DGRAM)(t)), "socket")
		defer socket.Close()
		op := "send-by-0 " + datagram
		for where, cmd := range map[string]*exec.Cmd{
			"outside":                       p.u.Command(probePath(t), strings.Fields(op)...),
			"inside, all Unix sockets open": p.command(t, "unix-sockets allow", op),
		} {
			cmd.Stdin = socket
			if got := p.answers(t, cmd, []string{op})[0]; got != "ok" {
				t.Errorf("%s: %s", where, got)
			}
		}
	})
}

func socketOf(family, kind int) func(*testing.T) int {
	return func(*testing.T) int {
		fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return -1
		}
		return fd
	}
}

func pairOf(kind int) func(*testing.T) int {
	return func(t *testing.T) int {
		fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fds[1]) })
		return fds[0]
	}
}

func boundStream(t *testing.T) int {
	fd := socketOf(unix.AF_UNIX, unix.SOCK_STREAM)(t)
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: testenv.User{}.Dir(t) + "/s"}); err != nil {
		t.Fatal(err)
	}
	return fd
}

func listeningStream(t *testing.T) int {
	fd := boundStream(t)
	if err := unix.Listen(fd, 1); err != nil {
		t.Fatal(err)
	}
	return fd
}

func connectedTCP(t *testing.T) int {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return -1
	}
	t.Cleanup(func() { l.Close() })
	fd := socketOf(unix.AF_INET, unix.SOCK_STREAM)(t)
	port := l.Addr().(*net.TCPAddr).Port
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	return fd
}
