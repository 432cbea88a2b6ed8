package paths

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// spelled returns the path of what exists at path as the volume has it (fcntl(2),
// F_GETPATH). Most volumes take any case for a name, and Seatbelt goes by the
// real one. Where the system does not tell, the path stays as it is. Not
// verified on a Mac.
func spelled(path string) string {
	fd, err := unix.Open(path, unix.O_EVTONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return path
	}
	defer unix.Close(fd)
	var buf [1024]byte
	_, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(fd), unix.F_GETPATH, uintptr(unsafe.Pointer(&buf[0])))
	end := bytes.IndexByte(buf[:], 0)
	if errno != 0 || end <= 0 || buf[0] != '/' {
		return path
	}
	return string(buf[:end])
}
