//go:build linux

// Command changer changes a tree at random, in the ways that programs have, from some
// threads at once:
//
//	changer SEED COUNT DIR
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

func main() {
	seed, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	if err := os.Chdir(os.Args[3]); err != nil {
		panic(err)
	}
	var threads sync.WaitGroup
	for i := range uint64(2) {
		threads.Go(func() {
			c := changer{rand.New(rand.NewPCG(seed, i)), os.Args[3]}
			for n := range count {
				c.one(n)
			}
		})
	}
	threads.Wait()
}

type changer struct {
	*rand.Rand
	root string
}

var names = [...]string{"a", "b", "c", "sub", "dir", "new\nline", "\xff", "with space"}

// name returns a random path of up to three parts, in one of the forms that lead there.
func (c changer) name() string {
	path := ""
	for range 1 + c.IntN(3) {
		path = filepath.Join(path, names[c.IntN(len(names))])
	}
	switch c.IntN(8) {
	case 0:
		return filepath.Join(c.root, path)
	case 1:
		return "sub/../" + path
	case 2:
		return "/proc/self/cwd/" + path
	}
	return path
}

// one does one thing; many fail.
func (c changer) one(i int) {
	a, b := c.name(), c.name()
	text := fmt.Appendf(nil, "text %d\n", i)
	switch c.IntN(24) {
	case 0, 1:
		c.write(a, unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC, text)
	case 2:
		c.write(a, unix.O_WRONLY|unix.O_APPEND, make([]byte, c.IntN(200000)))
	case 3:
		c.write(a, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, text)
	case 4, 5:
		os.MkdirAll(a, 0o755)
	case 6, 7:
		unix.Unlink(a)
	case 8:
		unix.Rmdir(a)
	case 9, 10, 11:
		unix.Rename(a, b)
	case 12:
		unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	case 13:
		unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_NOREPLACE)
	case 14:
		unix.Symlink(b, a)
	case 15:
		unix.Link(a, b)
	case 16:
		unix.Fchmodat(unix.AT_FDCWD, a, uint32(0o600|c.IntN(0o200)), 0)
	case 17:
		c.byDescriptor(a)
	case 18:
		unix.UtimesNanoAt(unix.AT_FDCWD, a, []unix.Timespec{{Sec: 1}, {Sec: int64(i)}}, unix.AT_SYMLINK_NOFOLLOW)
	case 19:
		unix.Lsetxattr(a, "user.test", text, 0)
		unix.Lremovexattr(a, "user.was")
	case 20:
		unix.Mkfifo(a, 0o600)
	case 21:
		unix.Truncate(a, int64(c.IntN(100)))
	case 22:
		c.mapped(a)
	case 23:
		c.named(a, text)
	}
}

func (c changer) write(path string, flags int, text []byte) {
	how := unix.OpenHow{Flags: uint64(flags | unix.O_NONBLOCK | unix.O_CLOEXEC)}
	if flags&unix.O_CREAT != 0 {
		how.Mode = 0o644
	}
	var fd int
	var err error
	if c.IntN(2) == 0 {
		fd, err = unix.Openat2(unix.AT_FDCWD, path, &how)
	} else {
		fd, err = unix.Open(path, int(how.Flags), uint32(how.Mode))
	}
	if err != nil {
		return
	}
	unix.Write(fd, text)
	unix.Close(fd)
}

// byDescriptor changes what is open for reading only.
func (c changer) byDescriptor(path string) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	unix.Fchmod(fd, uint32(0o600|c.IntN(0o200)))
	unix.Futimes(fd, []unix.Timeval{{Sec: 2}, {Sec: 3}})
	unix.Fsetxattr(fd, "user.fd", []byte("x"), 0)
	if again, err := unix.Open("/proc/self/fd/"+strconv.Itoa(fd), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err == nil {
		unix.Write(again, []byte("again"))
		unix.Close(again)
	}
}

// mapped writes through memory. Where another thread cuts the file meanwhile, the memory
// is gone, and the write a panic.
func (c changer) mapped(path string) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { recover() }()
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	var st unix.Stat_t
	unix.Fstat(fd, &st)
	if st.Mode&unix.S_IFMT == unix.S_IFREG && st.Size > 4 {
		if m, err := unix.Mmap(fd, 0, 4, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err == nil {
			copy(m, "mmap")
			unix.Munmap(m)
		}
	}
	unix.Close(fd)
}

// named gives a file without a name one.
func (c changer) named(path string, text []byte) {
	fd, err := unix.Open(filepath.Dir(path), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	unix.Write(fd, text)
	unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
}
