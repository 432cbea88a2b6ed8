package carve

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A carve of /usr/bin makes thousands of system calls that take less than a
// microsecond each. They are made without telling Go's scheduler (RawSyscall),
// and what was opened is closed a run of descriptors at a time.

// batch is descriptors that are open and no longer needed.
type batch struct {
	fds   [most]int
	count int
}

// most is how many descriptors a batch holds. When a descriptor table that threads
// share grows beyond 64, 128, 256 … descriptors, the kernel waits until no other
// processor looks at the old table (expand_fdtable and synchronize_rcu in
// fs/file.c), which takes up to 24 ms. The others that a launch holds and a batch
// of this size stay below 64.
const most = 24

// open opens an entry of the directory dir as a place, following no symlink, within
// the bounds that resolve sets (openat2(2)). name ends in a NUL byte. The descriptor
// is valid until the next open or close.
func (b *batch) open(dir int, name *byte, resolve uint64) (int, unix.Errno) {
	if b.count == most {
		b.close()
	}
	fd, errno := openPlace(dir, name, resolve)
	if errno == unix.EMFILE && b.count > 0 {
		b.close()
		fd, errno = openPlace(dir, name, resolve)
	}
	if errno != 0 {
		return -1, errno
	}
	b.fds[b.count] = fd
	b.count++
	return fd, 0
}

// close closes them all, run by run: while none is closed they come in rising
// order, and only what else is open is between them.
func (b *batch) close() {
	for i := 0; i < b.count; {
		first := b.fds[i]
		for i++; i < b.count && b.fds[i] == b.fds[i-1]+1; i++ {
		}
		unix.RawSyscall(unix.SYS_CLOSE_RANGE, uintptr(first), uintptr(b.fds[i-1]), 0)
	}
	b.count = 0
}

// openPlace is openat(2), or openat2(2) where there are bounds, on a name that ends in
// NUL, without copying it.
func openPlace(dir int, name *byte, resolve uint64) (int, unix.Errno) {
	const flags = unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC
	var fd uintptr
	var errno unix.Errno
	if resolve == 0 {
		fd, _, errno = unix.RawSyscall6(unix.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(name)), flags, 0, 0, 0)
	} else {
		how := unix.OpenHow{Flags: flags, Resolve: resolve}
		fd, _, errno = unix.RawSyscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(name)),
			uintptr(unsafe.Pointer(&how)), unsafe.Sizeof(how), 0, 0)
	}
	runtime.KeepAlive(name)
	return int(fd), errno
}

func fstat(fd int, st *unix.Stat_t) unix.Errno {
	_, _, errno := unix.RawSyscall(unix.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(st)), 0)
	return errno
}
