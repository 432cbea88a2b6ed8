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

// connectOutside is connectRaw to a server outside. From Linux 6.16 on no descriptor comes
// in by the connection (SO_PASSRIGHTS): the server's sending fails with EPERM. The filter
// keeps the command from changing that option.
func connectOutside(fd int, address []byte) unix.Errno {
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSRIGHTS, 0)
	errno := connectRaw(fd, address)
	if errno != 0 {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSRIGHTS, 1)
	}
	return errno
}
