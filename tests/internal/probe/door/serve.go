//go:build linux

package door

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// serve is the world outside: servers, a process with a secret, objects without
// a path. It prints what the attacks need to know as KEY=VALUE lines, then
// "ready", and ends with its stdin.
func serve(w world) {
	out := w["out"]
	must(os.Chdir(out))
	id := strconv.Itoa(os.Getpid())
	say("pid", id)

	secret := []byte("secret in memory")
	say("addr", strconv.FormatUint(uint64(addr(&secret[0])), 10))
	fd, err := unix.Open("secret", unix.O_RDONLY, 0)
	must(err)
	say("fdsecret", strconv.Itoa(fd))
	page, err := unix.Mmap(fd, 0, 6, unix.PROT_READ, unix.MAP_SHARED)
	must(err)
	at := addr(&page[0])
	say("map", fmt.Sprintf("%x-%x", at, at+4096))

	abstract := "nono-door-" + id
	say("abstract", abstract)
	serveUnix(unix.SOCK_STREAM, "stream")
	serveUnix(unix.SOCK_SEQPACKET, "seqpacket")
	serveUnix(unix.SOCK_DGRAM, "dgram")
	serveUnix(unix.SOCK_STREAM, "@"+abstract)
	serveUnix(unix.SOCK_DGRAM, "@"+abstract+"-dgram")
	go execute(serveUnix(unix.SOCK_STREAM, "executor"), out)
	serveInet()
	removeIPC := serveIPC(id)
	servePty()

	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	removeIPC()
	if secret[0]+page[0] == 0 {
		fail("the secrets are gone")
	}
}

func say(key, value string) { fmt.Println(key + "=" + value) }

func must(err error) {
	if err != nil {
		fail("serve: %v", err)
	}
}

func serveUnix(kind int, name string) int {
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	must(err)
	must(unix.Bind(fd, &unix.SockaddrUnix{Name: name}))
	if kind != unix.SOCK_DGRAM {
		must(unix.Listen(fd, 4096))
	} else {
		go drain(fd)
	}
	return fd
}

func drain(fd int) {
	buf := make([]byte, 64)
	for {
		unix.Read(fd, buf)
	}
}

// echo answers datagrams with what they are.
func echo(fd int) {
	buf := make([]byte, 64)
	for {
		if n, from, err := unix.Recvfrom(fd, buf, 0); err == nil {
			unix.Sendto(fd, buf[:n], 0, from)
		}
	}
}

// execute makes the files, in the directory outside, that clients name.
func execute(fd int, out string) {
	for {
		c, _, err := unix.Accept(fd)
		if err != nil {
			return
		}
		buf := make([]byte, 4096)
		n, _ := unix.Read(c, buf)
		if name := string(buf[:max(n, 0)]); strings.HasPrefix(name, out) {
			os.WriteFile(name, nil, 0o600)
		}
		unix.Close(c)
	}
}

func serveInet() {
	for key, at := range map[string]struct {
		domain, kind int
		addr         unix.Sockaddr
	}{
		"tcp4": {unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}},
		"tcp6": {unix.AF_INET6, unix.SOCK_STREAM, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}},
		"udp4": {unix.AF_INET, unix.SOCK_DGRAM, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}},
		"udp6": {unix.AF_INET6, unix.SOCK_DGRAM, &unix.SockaddrInet6{Addr: [16]byte{15: 1}}},
	} {
		port := 1
		// A machine without IPv6: the controls will show it.
		if fd, err := unix.Socket(at.domain, at.kind|unix.SOCK_CLOEXEC, 0); err == nil && unix.Bind(fd, at.addr) == nil {
			name, err := unix.Getsockname(fd)
			must(err)
			switch a := name.(type) {
			case *unix.SockaddrInet4:
				port = a.Port
			case *unix.SockaddrInet6:
				port = a.Port
			}
			if at.kind == unix.SOCK_STREAM {
				must(unix.Listen(fd, 4096))
			} else {
				go echo(fd)
			}
		}
		say(key, strconv.Itoa(port))
	}
}

// serveIPC makes the objects and returns what removes them again.
func serveIPC(id string) func() {
	pid, _ := strconv.Atoi(id)
	key := 0x6e0000 + pid
	say("key", strconv.Itoa(key))
	say("mq", "nono-door-"+id)
	shm, err := unix.SysvShmGet(key, 4096, unix.IPC_CREAT|0o600)
	must(err)
	say("shmid", strconv.Itoa(shm))
	msg, _, errno := unix.Syscall(unix.SYS_MSGGET, uintptr(key), unix.IPC_CREAT|0o600, 0)
	must(orNil(errno))
	text := [3]uint64{1, 2, 3}
	must(try.Call(unix.SYS_MSGSND, msg, addr(&text), 16, 0))
	say("msgid", strconv.Itoa(int(msg)))
	sem, _, errno := unix.Syscall(unix.SYS_SEMGET, uintptr(key), 1, unix.IPC_CREAT|0o600)
	must(orNil(errno))
	mq := pointer("nono-door-" + id)
	must(try.Call(unix.SYS_MQ_OPEN, mq, unix.O_CREAT|unix.O_RDWR, 0o600, 0))
	must(os.WriteFile("/dev/shm/nono-door-"+id, []byte("x"), 0o600))
	return func() {
		unix.SysvShmCtl(shm, unix.IPC_RMID, nil)
		try.Call(unix.SYS_MSGCTL, msg, unix.IPC_RMID, 0)
		try.Call(unix.SYS_SEMCTL, sem, 0, unix.IPC_RMID, 0)
		try.Call(unix.SYS_MQ_UNLINK, mq)
		os.Remove("/dev/shm/nono-door-" + id)
	}
}

func orNil(errno syscall.Errno) error {
	if errno != 0 {
		return errno
	}
	return nil
}

// servePty opens a terminal, as another session of the user has one.
func servePty() {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	must(err)
	must(unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	must(err)
	say("pts", "/dev/pts/"+itoa(n))
}
