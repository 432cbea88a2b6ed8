package enforce

import (
	"errors"
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// waitKillable is SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (linux/seccomp.h, since Linux
// 5.19). Once the supervisor has received a call, only fatal signals interrupt it. Without
// the flag, every signal interrupts the call, and the caller may make it a second time.
const waitKillable = 1 << 5

// supervise loads the second filter, with a listener, and sends the listener over the Unix
// socket to, which it closes. From then on, the kernel asks the supervisor about the groups
// of system calls in s.Supervise.
func supervise(s *spec.Spec, to int) error {
	code, err := seccomp.Compile(runtime.GOARCH, seccomp.Traps(s))
	if err != nil {
		return &fault.Error{Do: "filter system calls", Err: err}
	}
	listener, err := listen(code)
	if err != nil {
		return err
	}
	err = unix.Sendmsg(to, []byte{0}, unix.UnixRights(listener), nil, 0)
	if e := unix.Close(listener); err == nil {
		err = e
	}
	if e := unix.Close(to); err == nil {
		err = e
	}
	if err != nil {
		return &fault.Error{Do: "hand the listener to the supervisor", Err: err}
	}
	return nil
}

func listen(code []seccomp.Instruction) (int, error) {
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER
	fd, err := seccomp.Load(code, flags|waitKillable)
	if err != nil {
		fd, err = seccomp.Load(code, flags)
	}
	if errors.Is(err, unix.EBUSY) {
		return 0, &fault.Error{Do: "supervise", Err: fault.Text("an outer process has a seccomp listener already, and the kernel allows only one"),
			Hint: "leave out the flags that need a supervisor, here or in the outer sandbox"}
	}
	return fd, err
}
