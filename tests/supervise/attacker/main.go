//go:build linux

// Command attacker tries from inside to have the supervisor do what it must not. Its
// first argument says how; see the tests.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func main() {
	attacks := map[string]func([]string) error{"address": swapAddress, "descriptor": swapDescriptor, "symlink": swapSymlink,
		"bind": swapBind, "odd": odd, "serve": serve}
	attack := attacks[os.Args[1]]
	if attack == nil {
		fmt.Println("no such attack")
		os.Exit(2)
	}
	if err := attack(os.Args[2:]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("done")
}

func count(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// address is a sockaddr_un in memory that can be changed under way.
type address struct {
	raw  [110]byte
	size uintptr
}

func newAddress(path string) *address {
	a := &address{}
	a.set(path)
	return a
}

func (a *address) set(path string) {
	*(*uint16)(unsafe.Pointer(&a.raw[0])) = unix.AF_UNIX
	for i := range a.raw[2:] {
		if i < len(path) {
			a.raw[2+i] = path[i]
		} else {
			a.raw[2+i] = 0
		}
	}
	a.size = uintptr(2 + len(path) + 1)
}

func (a *address) call(number uintptr, fd int) unix.Errno {
	_, _, errno := unix.Syscall(number, uintptr(fd), uintptr(unsafe.Pointer(&a.raw[0])), a.size)
	return errno
}

func stream() (int, error) { return unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0) }

// listen makes a server of our own that takes every connection.
func listen(path string) error {
	unix.Unlink(path)
	fd, err := stream()
	if err != nil {
		return err
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return err
	}
	if err := unix.Listen(fd, 128); err != nil {
		return err
	}
	go func() {
		for {
			c, _, err := unix.Accept4(fd, unix.SOCK_CLOEXEC)
			if err == nil {
				unix.Write(c, []byte("inside"))
				unix.Close(c)
			}
		}
	}()
	return nil
}

// tally counts what came of the tries.
type tally struct{ connected, refused, outside int }

func (t *tally) add(fd int, errno unix.Errno) {
	if errno != 0 {
		t.refused++
		return
	}
	t.connected++
	buf := make([]byte, 16)
	if n, err := unix.Read(fd, buf); err == nil && string(buf[:n]) != "inside" {
		t.outside++
	}
}

func (t *tally) report() error {
	fmt.Printf("connected %d, refused %d, outside %d\n", t.connected, t.refused, t.outside)
	return nil
}

// swapAddress: TRIES INSIDE OUTSIDE, two names of one length. Another thread changes
// the address between them all the time.
func swapAddress(args []string) error {
	if err := listen(args[1]); err != nil {
		return err
	}
	a := newAddress(args[1])
	var stop atomic.Bool
	go func() {
		runtime.LockOSThread()
		for i := 0; !stop.Load(); i++ {
			copy(a.raw[2:], args[1+i%2])
		}
	}()
	t := &tally{}
	for range count(args[0]) {
		fd, err := stream()
		if err != nil {
			return err
		}
		t.add(fd, a.call(unix.SYS_CONNECT, fd))
		unix.Close(fd)
	}
	stop.Store(true)
	return t.report()
}

// swapDescriptor: TRIES INSIDE OUTSIDE. Another thread puts one socket and then another
// under the number that is connected; the second has the outside address asked for.
func swapDescriptor(args []string) error {
	if err := listen(args[1]); err != nil {
		return err
	}
	inside, outside := newAddress(args[1]), newAddress(args[2])
	const number = 100
	var stop atomic.Bool
	var one, two atomic.Int32
	first, _ := stream()
	one.Store(int32(first))
	two.Store(int32(first))
	go func() {
		for !stop.Load() {
			unix.Dup3(int(one.Load()), number, 0)
			unix.Dup3(int(two.Load()), number, 0)
		}
	}()
	t := &tally{}
	// On a busy machine the other thread may not have a turn for long.
	for i := 0; i < count(args[0]) || t.connected == 0 && i < 50*count(args[0]); i++ {
		a, _ := stream()
		b, _ := stream()
		one.Store(int32(a))
		two.Store(int32(b))
		address := inside
		if i%2 == 1 {
			address = outside
		}
		if address.call(unix.SYS_CONNECT, number) == 0 {
			for _, fd := range []int{a, b} {
				if _, err := unix.Getpeername(fd); err == nil {
					t.add(fd, 0)
				}
			}
		} else {
			t.refused++
		}
		unix.Close(a)
		unix.Close(b)
	}
	stop.Store(true)
	return t.report()
}

// swapSymlink: TRIES INSIDE OUTSIDE. A symlink leads now here and now there.
func swapSymlink(args []string) error {
	if err := listen(args[1]); err != nil {
		return err
	}
	var stop atomic.Bool
	go func() {
		for i := 0; !stop.Load(); i++ {
			os.Symlink(args[1+i%2], "next")
			os.Rename("next", "link")
		}
	}()
	t := &tally{}
	a := newAddress("link")
	for range count(args[0]) {
		fd, err := stream()
		if err != nil {
			return err
		}
		t.add(fd, a.call(unix.SYS_CONNECT, fd))
		unix.Close(fd)
	}
	stop.Store(true)
	return t.report()
}

// swapBind: TRIES INSIDE OUTSIDE. A name at which we bind is exchanged with one that an
// outside server made in the same directory, so that its file might be taken for ours.
func swapBind(args []string) error {
	var stop atomic.Bool
	go func() {
		for !stop.Load() {
			unix.Renameat2(unix.AT_FDCWD, args[1], unix.AT_FDCWD, args[2], unix.RENAME_EXCHANGE)
		}
	}()
	t := &tally{}
	for range count(args[0]) {
		server, err := stream()
		if err != nil {
			return err
		}
		unix.Bind(server, &unix.SockaddrUnix{Name: args[1]})
		for _, name := range args[1:3] {
			fd, _ := stream()
			t.add(fd, newAddress(name).call(unix.SYS_CONNECT, fd))
			unix.Close(fd)
		}
		unix.Close(server)
	}
	stop.Store(true)
	return t.report()
}

// odd makes calls with arguments that nobody means, and says what came of each.
func odd([]string) error {
	fd, err := stream()
	if err != nil {
		return err
	}
	page, err := unix.Mmap(-1, 0, 8192, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return err
	}
	unix.Munmap(page[4096:])
	end := uintptr(unsafe.Pointer(&page[4095]))
	page[4095] = 'x'
	call := func(what string, args ...uintptr) {
		for len(args) < 5 {
			args = append(args, 0)
		}
		_, _, errno := unix.Syscall6(args[0], args[1], args[2], args[3], args[4], 0, 0)
		fmt.Println(what+":", unix.ErrnoName(errno))
	}
	long := make([]byte, 5000)
	for i := range long {
		long[i] = 'x'
	}
	cwd := ^uintptr(99)
	call("connect to nowhere", unix.SYS_CONNECT, uintptr(fd), 0, 110)
	call("connect with a size below 0", unix.SYS_CONNECT, uintptr(fd), end, ^uintptr(0))
	call("connect with a huge size", unix.SYS_CONNECT, uintptr(fd), end, 1<<20)
	call("connect without an address", unix.SYS_CONNECT, uintptr(fd), 0, 0)
	call("connect over the end of a page", unix.SYS_CONNECT, uintptr(fd), end, 110)
	call("connect no descriptor", unix.SYS_CONNECT, 999, end, 1)
	call("connect a file", unix.SYS_CONNECT, 1, uintptr(unsafe.Pointer(&newAddress("x").raw[0])), 4)
	call("mkdirat nowhere", unix.SYS_MKDIRAT, cwd, 0, 0o777)
	call("mkdirat a name without an end", unix.SYS_MKDIRAT, cwd, end, 0o777)
	call("mkdirat a name too long", unix.SYS_MKDIRAT, cwd, uintptr(unsafe.Pointer(&long[0])), 0o777)
	call("mkdirat an empty name", unix.SYS_MKDIRAT, cwd, uintptr(unsafe.Pointer(&[]byte{0}[0])), 0o777)
	call("mkdirat beneath no descriptor", unix.SYS_MKDIRAT, 999, uintptr(unsafe.Pointer(&[]byte("x\x00")[0])), 0o777)
	call("execve nowhere", unix.SYS_EXECVE, 0, 0, 0)
	call("openat2 without how", unix.SYS_OPENAT2, cwd, uintptr(unsafe.Pointer(&[]byte("x\x00")[0])), 0, 24)
	return nil
}

// serve: INSIDE waits as a server for one connection and ends.
func serve(args []string) error {
	if err := listen(args[0]); err != nil {
		return err
	}
	time.Sleep(time.Second)
	return nil
}
