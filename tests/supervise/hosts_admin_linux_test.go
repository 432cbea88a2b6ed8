package supervise

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// administer tries on a socket what takes CAP_NET_ADMIN in the socket's network namespace,
// and prints what is not refused for want of it.
func administer(kind string) error {
	family, sort := unix.AF_INET, unix.SOCK_DGRAM
	if strings.HasPrefix(kind, "bound") {
		sort = unix.SOCK_STREAM
	}
	if strings.HasSuffix(kind, "6") {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, sort, 0)
	if err != nil {
		return err
	}
	if sort == unix.SOCK_STREAM {
		var at unix.Sockaddr = &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
		if family == unix.AF_INET6 {
			at = &unix.SockaddrInet6{}
		}
		if err := unix.Bind(fd, at); err != nil {
			return err
		}
	}
	var buf [256]byte
	copy(buf[:], "filter")
	tell := func(name string, errno syscall.Errno) {
		if errno != unix.EPERM {
			fmt.Print(name, " (", errno, ") ")
		}
	}
	for name, o := range map[string]struct{ level, option int }{
		"filter": {unix.IPPROTO_IP, 64}, "policy": {unix.IPPROTO_IP, unix.IP_XFRM_POLICY}, "transparent": {unix.IPPROTO_IP, unix.IP_TRANSPARENT},
	} {
		if family == unix.AF_INET {
			_, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(o.level), uintptr(o.option), uintptr(unsafe.Pointer(&buf)), 100, 0)
			tell("set "+name, errno)
		}
	}
	if family == unix.AF_INET6 {
		_, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), unix.IPPROTO_IPV6, 64, uintptr(unsafe.Pointer(&buf)), 100, 0)
		tell("set filter 6", errno)
	}
	size := uint32(84)
	level := unix.IPPROTO_IP
	if family == unix.AF_INET6 {
		level = unix.IPPROTO_IPV6
	}
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), 64, uintptr(unsafe.Pointer(&buf)), uintptr(unsafe.Pointer(&size)), 0)
	tell("ask for filter", errno)
	for name, command := range map[string]uintptr{"namespace": 0x894c, "bridge": 0x89a0, "name": 0x8923} {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), command, uintptr(unsafe.Pointer(&buf)))
		tell(name, errno)
	}
	return nil
}

// admin holds that a socket of the supervisor's network namespace gives no right to
// administer that: the namespace is the user's own (user_namespaces(7)).
func (w internet) admin(t *testing.T, u testenv.User) {
	dir, run := w.runner(t, u)
	for _, kind := range []string{"datagram", "bound", "datagram6", "bound6"} {
		c := u.Command("unshare", "--user", "--map-root-user", "--net", dir+"/client", "administer", kind)
		c.Env = []string{clientVar + "=" + dir + "/ca.pem"}
		if _, err := exec.LookPath("unshare"); err == nil {
			if out, _ := c.CombinedOutput(); !strings.Contains(string(out), "bridge") {
				t.Logf("%s: no control is to be had here: %s", kind, out)
			}
		}
		if got := run([]string{"--silent", "--host", "good.example"}, "administer", kind); got != "" {
			t.Errorf("%s: not refused: %s", kind, got)
		}
	}
}
