package seccomp

import (
	"runtime"
	"unsafe"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// Load puts the calling thread and what it starts under the filter, for good
// (seccomp(2), SECCOMP_SET_MODE_FILTER). The thread must have no_new_privs set,
// or the kernel lets only root do so. flags are SECCOMP_FILTER_FLAG_*; with
// NEW_LISTENER among them listener is the descriptor on which calls with the
// answer Notify arrive, close-on-exec, and otherwise it is 0.
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
