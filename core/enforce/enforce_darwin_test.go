package enforce

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A descriptor is closed wherever it lies, above a limit that has been lowered
// since too, unless it is kept.
func TestInheritedDescriptorsAreClosed(t *testing.T) {
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &was) })
	raise := unix.Rlimit{Cur: min(4096, was.Max), Max: was.Max}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &raise); err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var fds []int
	for _, from := range []int{10, 500, int(raise.Cur) - 2} {
		fd, err := unix.FcntlInt(null.Fd(), unix.F_DUPFD, from)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		fds = append(fds, fd)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 256, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	if err := closeInherited(fds[:1]); err != nil {
		t.Fatal(err)
	}
	for i, fd := range fds {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if closed := flags&unix.FD_CLOEXEC != 0; err != nil || closed != (i > 0) {
			t.Errorf("descriptor %d: to be closed %v, %v", fd, closed, err)
		}
	}
	if err := closeInherited([]int{int(raise.Cur) - 1}); err == nil {
		t.Error("a descriptor that is not open can be kept")
	}
}
