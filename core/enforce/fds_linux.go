package enforce

import (
	"math"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// closeInherited marks every descriptor above 2 as close-on-exec, except those in keep. A
// descriptor in keep must be inherited. If it is close-on-exec already, it belongs to this
// process (for example to the runtime of Go), and closeInherited returns an error.
func closeInherited(keep []int) error {
	keep = slices.Clone(keep)
	slices.Sort(keep)
	first := 3
	for _, fd := range append(keep, math.MaxInt32) {
		if fd > first {
			err := unix.CloseRange(uint(first), uint(fd-1), unix.CLOSE_RANGE_CLOEXEC)
			if err != nil {
				return &fault.Error{Do: "close inherited descriptors", Err: err}
			}
		}
		first = max(first, fd+1)
	}
	for _, fd := range keep {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err == unix.EBADF || err == nil && flags&unix.FD_CLOEXEC != 0 {
			err = fault.Text("it was not handed over")
		}
		if err != nil {
			return &fault.Error{Do: "keep descriptor " + strconv.Itoa(fd), Err: err}
		}
	}
	return nil
}

// checkInherited returns an error if the command would inherit a socket that it could
// connect to something that s blocks. A connected stream is allowed: the caller of nono has
// handed it over, and it reaches nothing else.
func checkInherited(s *spec.Spec, abi int) error {
	for _, fd := range append([]int{0, 1, 2}, s.KeepFDs...) {
		domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
		if err == unix.ENOTSOCK || err == unix.EBADF {
			continue // EBADF: closed, or opened with O_PATH
		}
		if err != nil {
			return &fault.Error{Do: "examine descriptor " + strconv.Itoa(fd), Err: err}
		}
		what, flag := "", ""
		switch {
		case domain == unix.AF_UNIX:
			if !s.UnixSockets && abi < kernel.ABIUnix && aimable(fd) {
				what, flag = "a Unix socket that can be connected anywhere", "--allow-unix-sockets"
			}
		case !s.Net:
			what, flag = "a network socket", "no --net-block"
		}
		if what != "" {
			return &fault.Error{Do: "hand over descriptor " + strconv.Itoa(fd), Err: fault.Text("it is " + what + ", which is blocked"),
				Hint: "redirect it, or use " + flag}
		}
	}
	return nil
}

// aimable reports whether the command could still choose the destination of the Unix socket
// fd: every datagram socket, and a stream that is neither connected nor listening.
func aimable(fd int) bool {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_STREAM && kind != unix.SOCK_SEQPACKET {
		return true
	}
	if listening, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err == nil && listening != 0 {
		return false
	}
	_, err = unix.Getpeername(fd)
	return err != nil
}
