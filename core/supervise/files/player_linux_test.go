package files

import (
	"fmt"
	"io"
	"math/rand"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A player makes random calls about a few names.
type player struct {
	rand *rand.Rand
	out  *os.File
	dir  int // a descriptor of the working directory
	deep int // one of a directory in it
	file int // one of a file
	text string
}

// begin makes what the calls are about.
func (p *player) begin() {
	must(os.MkdirAll("deep/er", 0o755))
	must(os.WriteFile("a", []byte("content"), 0o640))
	must(os.Symlink("a", "toa"))
	must(os.Symlink("deep", "todeep"))
	must(os.Symlink("new", "dangling"))
	must(os.Symlink("loop", "loop"))
	cwd, err := os.Getwd()
	must(err)
	must(os.Symlink(cwd, "here"))
	// The descriptors stay the same numbers in both runs.
	open := func(path string, as int) int {
		fd, err := unix.Open(path, unix.O_RDONLY, 0)
		must(err)
		must(unix.Dup3(fd, as, 0))
		unix.Close(fd)
		return as
	}
	p.dir, p.deep, p.file = open(".", 100), open("deep", 101), open("a", 102)
	p.text = cwd
	if id := os.Getenv("BECOME"); id != "" {
		var n int
		fmt.Sscan(id, &n)
		for _, name := range []string{"a", "deep", "deep/er", "toa"} {
			must(os.Lchown(name, n, n))
		}
	}
}

func (p *player) pick(of ...string) string { return of[p.rand.Intn(len(of))] }

// path is a path, from the working directory.
func (p *player) path() string {
	name := p.pick("a", "b", "c", "deep", "deep/x", "deep/er", "deep/er/y", "toa", "todeep", "todeep/z", "dangling", "loop",
		"here/b", "deep/../b", "./c", "..", ".", "deep/..", "deep/.", "", "/", "a/b", "missing/b", "b/", "deep/", "todeep/", "toa/",
		"\xff\xfe", "new\nline", strings.Repeat("n", 255), strings.Repeat("n", 256), strings.Repeat("./", 2046)+"b", strings.Repeat("./", 2048)+"b",
		"/proc/self/cwd/b", "/proc/self/fd/100/b", "/proc/self/fd/102", "/proc/thread-self/cwd/c", "//proc//self/fd/101/x", "/proc/self/fd/999",
		"deep//er//y", "todeep/er/../x", "deep/er/../../b")
	if p.rand.Intn(8) == 0 && name != "" && name[0] != '/' {
		name = p.text + "/" + name
	}
	return name
}

func (p *player) dirfd() int {
	return []int{unix.AT_FDCWD, unix.AT_FDCWD, p.dir, p.deep, p.file, 999, -1}[p.rand.Intn(7)]
}

func (p *player) descriptor() int { return []int{p.dir, p.deep, p.file, 999, -1}[p.rand.Intn(5)] }

func (p *player) flags() int {
	flags := []int{unix.O_RDONLY, unix.O_WRONLY, unix.O_RDWR}[p.rand.Intn(3)]
	for _, f := range []int{unix.O_CREAT, unix.O_CREAT, unix.O_EXCL, unix.O_TRUNC, unix.O_NOFOLLOW, unix.O_APPEND, unix.O_CLOEXEC, unix.O_NONBLOCK} {
		if p.rand.Intn(3) == 0 {
			flags |= f
		}
	}
	switch p.rand.Intn(12) {
	case 0:
		flags |= unix.O_DIRECTORY
	case 1:
		flags |= unix.O_TMPFILE
	}
	return flags | unix.O_NONBLOCK // a FIFO is never waited for
}

func (p *player) mode() uint32 {
	return []uint32{0o777, 0o666, 0o600, 0o4755, 0o2775, 0o1777, 0}[p.rand.Intn(7)]
}

// step makes one call and tells what came of it.
func (p *player) step(n int) {
	a, b := p.path(), p.path()
	dir, to := p.dirfd(), p.dirfd()
	what, err := "", error(nil)
	call := p.rand.Intn(19)
	if call >= 13 && a == "/" {
		a = "a" // nothing of the machine's is changed
	}
	switch call {
	case 0, 1, 2, 3:
		flags, mode := p.flags(), p.mode()
		what = fmt.Sprintf("openat %d %q %#x %#o", dir, a, flags, mode)
		var fd int
		fd, err = unix.Openat(dir, a, flags, mode)
		what += p.opened(fd, err)
	case 4:
		how := unix.OpenHow{Flags: uint64(p.flags() | unix.O_CLOEXEC), Resolve: []uint64{0, unix.RESOLVE_NO_SYMLINKS, unix.RESOLVE_BENEATH, unix.RESOLVE_IN_ROOT,
			unix.RESOLVE_NO_MAGICLINKS, unix.RESOLVE_NO_XDEV}[p.rand.Intn(6)]}
		if how.Flags&(unix.O_CREAT|unix.O_TMPFILE&^unix.O_DIRECTORY) != 0 {
			how.Mode = uint64(p.mode())
		}
		what = fmt.Sprintf("openat2 %d %q %+v", dir, a, how)
		var fd int
		fd, err = unix.Openat2(dir, a, &how)
		what += p.opened(fd, err)
	case 5:
		mode := p.mode()
		what, err = fmt.Sprintf("mkdirat %d %q %#o", dir, a, mode), unix.Mkdirat(dir, a, mode)
	case 6:
		mode := p.mode() | []uint32{unix.S_IFREG, unix.S_IFIFO, unix.S_IFSOCK, 0}[p.rand.Intn(4)]
		what, err = fmt.Sprintf("mknodat %d %q %#o", dir, a, mode), unix.Mknodat(dir, a, mode, 0)
	case 7, 8:
		flags := []int{0, unix.AT_REMOVEDIR, 0x40000}[p.rand.Intn(3)]
		what, err = fmt.Sprintf("unlinkat %d %q %#x", dir, a, flags), unix.Unlinkat(dir, a, flags)
	case 9, 10:
		flags := []uint{0, 0, unix.RENAME_NOREPLACE, unix.RENAME_EXCHANGE, 0x80}[p.rand.Intn(5)]
		what, err = fmt.Sprintf("renameat2 %d %q %d %q %#x", dir, a, to, b, flags), unix.Renameat2(dir, a, to, b, flags)
	case 11:
		flags := []int{0, unix.AT_SYMLINK_FOLLOW, 0x40000}[p.rand.Intn(3)]
		what, err = fmt.Sprintf("linkat %d %q %d %q %#x", dir, a, to, b, flags), unix.Linkat(dir, a, to, b, flags)
	case 12:
		if b == "/" || strings.Contains(b, "..") {
			b = "deep" // nothing leads out of the test
		}
		what, err = fmt.Sprintf("symlinkat %q %d %q", b, dir, a), unix.Symlinkat(b, dir, a)
	case 13:
		size := int64(p.rand.Intn(20) - 2)
		what, err = fmt.Sprintf("truncate %q %d", a, size), unix.Truncate(a, size)
	case 14:
		dir = p.descriptor()
		mode := p.mode() | 0o700
		if p.rand.Intn(4) == 0 {
			what, err = fmt.Sprintf("fchmod %d %#o", dir, mode), unix.Fchmod(dir, mode)
		} else {
			what, err = fmt.Sprintf("fchmodat %d %q %#o", dir, a, mode), unix.Fchmodat(dir, a, mode, 0)
		}
	case 15:
		uid, gid := []int{-1, os.Getuid(), somebody + 2}[p.rand.Intn(3)], []int{-1, os.Getgid(), somebody + 1}[p.rand.Intn(3)]
		flags := []int{0, unix.AT_SYMLINK_NOFOLLOW, unix.AT_EMPTY_PATH, 0x40000}[p.rand.Intn(4)]
		what, err = fmt.Sprintf("fchownat %d %q %d %d %#x", dir, a, uid, gid, flags), unix.Fchownat(dir, a, uid, gid, flags)
	case 16:
		ts := []unix.Timespec{{Sec: int64(p.rand.Intn(1e6)), Nsec: int64(p.rand.Intn(2e9))}, {Sec: int64(p.rand.Intn(1e6)), Nsec: 5}}
		flags := []int{0, unix.AT_SYMLINK_NOFOLLOW}[p.rand.Intn(2)]
		if p.rand.Intn(4) == 0 {
			dir = p.descriptor()
			what = fmt.Sprintf("futimens %d %v", dir, ts)
			_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(dir), 0, uintptr(unsafe.Pointer(&ts[0])), 0, 0, 0)
			err = number(errno)
		} else {
			what, err = fmt.Sprintf("utimensat %d %q %v %#x", dir, a, ts, flags), unix.UtimesNanoAt(dir, a, ts, flags)
		}
	case 17:
		dir = p.descriptor()
		name := p.pick("user.test", "user.test", "", "bad", strings.Repeat("x", 300))
		flags := []int{0, unix.XATTR_CREATE, unix.XATTR_REPLACE, 8}[p.rand.Intn(4)]
		switch p.rand.Intn(3) {
		case 0:
			what, err = fmt.Sprintf("setxattr %q %q %d", a, name, flags), unix.Setxattr(a, name, []byte(b), flags)
		case 1:
			what, err = fmt.Sprintf("lsetxattr %q %q %d", a, name, flags), unix.Lsetxattr(a, name, []byte(b), flags)
		default:
			what, err = fmt.Sprintf("fsetxattr %d %q %d", dir, name, flags), unix.Fsetxattr(dir, name, []byte(b), flags)
		}
	default:
		what, err = fmt.Sprintf("removexattr %q", a), unix.Removexattr(a, "user.test")
	}
	fmt.Fprintf(p.out, "%d %s: %v\n", n, strings.ReplaceAll(what, strings.Repeat("./", 1000), "…"), err)
	if os.Getenv("EACH") != "" {
		io.WriteString(p.out, tree("."))
	}
}

// opened tells of a descriptor what the caller can see, writes to it and closes it.
func (p *player) opened(fd int, err error) string {
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	must(unix.Fstat(fd, &st))
	flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	cloexec, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	said := fmt.Sprintf(" -> %o %d:%d %#x %d", st.Mode, st.Uid, st.Gid, flags, cloexec)
	if st.Mode&unix.S_IFMT == unix.S_IFREG {
		_, err := unix.Write(fd, []byte("x"))
		said += fmt.Sprintf(" size %d write %v", st.Size, err)
	}
	return said
}
