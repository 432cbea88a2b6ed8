package carve

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A carve of /usr/bin makes thousands of system calls of less than a microsecond each. So
// it uses RawSyscall, which does not tell the scheduler of Go, and closes many descriptors
// with one close_range(2).

// batch has open descriptors that are no longer needed.
type batch struct {
	fds   [most]int
	count int
}

// most is the largest number of descriptors in a batch. If a descriptor table that threads
// share grows beyond 64, 128, 256 … descriptors, the kernel waits for a grace period of RCU
// (expand_fdtable and synchronize_rcu in fs/file.c), up to 24 ms. A batch of this size and
// the other descriptors of a launch are fewer than 64.
const most = 24

// open opens an entry of the directory dir with O_PATH. It follows no symlink. resolve has
// RESOLVE_* flags of openat2(2). name ends in a NUL byte. The descriptor is valid until the
// next open or close.
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

// close closes all descriptors of the batch. The kernel gives out rising numbers, with gaps
// only for other open descriptors, so close makes one call for each run without a gap.
func (b *batch) close() {
	for i := 0; i < b.count; {
		first := b.fds[i]
		for i++; i < b.count && b.fds[i] == b.fds[i-1]+1; i++ {
		}
		unix.RawSyscall(unix.SYS_CLOSE_RANGE, uintptr(first), uintptr(b.fds[i-1]), 0)
	}
	b.count = 0
}

// openPlace calls openat(2), or openat2(2) if resolve is not 0. name ends in NUL; it is not
// copied.
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
