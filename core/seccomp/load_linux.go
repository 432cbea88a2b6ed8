package seccomp

import (
	"runtime"
	"unsafe"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// Load loads the filter for the calling thread and its later children (seccomp(2),
// SECCOMP_SET_MODE_FILTER). Nothing can remove it. The thread must have no_new_privs set;
// otherwise the kernel allows this only to root. flags are SECCOMP_FILTER_FLAG_*. With
// NEW_LISTENER, listener is a close-on-exec descriptor that receives the calls with the
// Action Notify; without it, listener is 0.
func Load(code []Instruction, flags uintptr) (listener int, err error) {
	prog := unix.SockFprog{
		Len:    uint16(len(code)),
		Filter: (*unix.SockFilter)(unsafe.Pointer(&code[0])),
	}
	fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(code)
	switch errno {
	case 0:
		return int(fd), nil
	case unix.ENOSYS, unix.EINVAL:
		return 0, &fault.Error{Do: "filter system calls", Err: fault.Text("this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)")}
	}
	return 0, &fault.Error{Do: "filter system calls", Err: errno}
}
