package hosts

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// spinTime is how long a thread looks again and again, and calmTime how long none does
	// that after it was for nothing: so it takes half a percent of a processor at most for
	// nothing.
	spinTime = 100 * time.Microsecond
	calmTime = 20 * time.Millisecond
)

// A spinner looks for what comes at once. Where a program answers within spinTime, that
// costs less than to sleep, from which a processor that has nothing else to do takes long to
// wake: in a virtual machine some 40 microseconds.
type spinner struct {
	// calm is until when, in nanoseconds since 1970, nobody looks.
	calm atomic.Int64
}

// soon reports whether one of the descriptors is ready within spinTime. Which ones are stands
// in their Revents then.
func (s *spinner) soon(fds []unix.PollFd) bool {
	begun := time.Now()
	if begun.UnixNano() < s.calm.Load() {
		return false
	}
	for {
		// Raw: it never waits, so Go's scheduler need not know of it.
		n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), uintptr(len(fds)), uintptr(unsafe.Pointer(new(unix.Timespec))), 0, 0, 0)
		if errno == 0 && n > 0 {
			return true
		}
		if now := time.Now(); errno != 0 || now.Sub(begun) > spinTime {
			s.calm.Store(now.Add(calmTime).UnixNano())
			return false
		}
	}
}
