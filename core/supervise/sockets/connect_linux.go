package sockets

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// connectRaw is connect(2) with an address as it is in memory. It waits as long as the
// caller would have waited.
func connectRaw(fd int, address []byte) unix.Errno {
	var at unsafe.Pointer
	if len(address) > 0 {
		at = unsafe.Pointer(&address[0])
	}
	_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(at), uintptr(len(address)))
	runtime.KeepAlive(address)
	return errno
}
