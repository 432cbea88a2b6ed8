package enforce

import (
	"runtime"
	"unsafe"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// loadFilter is seccomp(2), for the calling thread alone.
func loadFilter(code []Instruction) error {
	prog := unix.SockFprog{
		Len:    uint16(len(code)),
		Filter: (*unix.SockFilter)(unsafe.Pointer(&code[0])),
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(code)
	switch errno {
	case 0:
		return nil
	case unix.ENOSYS, unix.EINVAL:
		return &fault.Error{Do: "filter system calls", Err: fault.Text("this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)")}
	}
	return &fault.Error{Do: "filter system calls", Err: errno}
}
