package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The worker is this program again, inside the sandbox or outside: it measures
// itself, so that the launch is not in the figure, and prints nanoseconds.
//
//	bench -worker open FILE COUNT         opening and closing a file, for each
//	bench -worker call NAME COUNT         a system call, for each
//	bench -worker run  COMMAND ARG ...    a command, once, from start to end
//
// What is done COUNT times is timed in a hundred parts, of which the fastest
// counts: the others were disturbed.
func worker(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("worker: too few arguments: %q", args)
	}
	var step func() error
	switch args[0] {
	case "run":
		took, err := runOnce(args[1:])
		if err == nil {
			fmt.Println(took.Nanoseconds())
		}
		return err
	case "open":
		name, err := unix.BytePtrFromString(args[1])
		if err != nil {
			return err
		}
		step = func() error { return openOnce(name) }
	case "call":
		i := slices.IndexFunc(probes, func(p probe) bool { return p.name == args[1] })
		if i < 0 {
			return fmt.Errorf("worker: there is no call %q", args[1])
		}
		step = probes[i].once
	default:
		return fmt.Errorf("worker: there is no %q", args[0])
	}
	count, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	fastest, err := fastestPart(step, max(1, count/100))
	fmt.Printf("%f\n", fastest)
	return err
}

// fastestPart does step 100 times count times, and returns the nanoseconds that
// one took in the fastest of the hundred.
func fastestPart(step func() error, count int) (float64, error) {
	fastest := time.Duration(math.MaxInt64)
	for range 100 {
		begin := time.Now()
		for range count {
			if err := step(); err != nil {
				return 0, err
			}
		}
		fastest = min(fastest, time.Since(begin))
	}
	return float64(fastest.Nanoseconds()) / float64(count), nil
}

func openOnce(name *byte) error {
	at := unix.AT_FDCWD
	fd, _, errno := unix.RawSyscall6(unix.SYS_OPENAT, uintptr(at), uintptr(unsafe.Pointer(name)), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	unix.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
	return nil
}

// A probe is a system call that does next to nothing, so that what the filter
// costs is seen. The ones with arguments fail inside and outside alike.
type probe struct {
	name string
	nr   uintptr
	args [3]uintptr
	want unix.Errno
	path string // what nono's filter does with it
	// least is the smallest filter that does the same.
	least leastFilter
}

const noFD = ^uintptr(0)

var probes = []probe{
	{"getppid", unix.SYS_GETPPID, [3]uintptr{}, 0, "always allowed: the kernel remembers", allowAll},
	{"read", unix.SYS_READ, [3]uintptr{noFD}, unix.EBADF, "always allowed: the kernel remembers", allowAll},
	{"ioctl", unix.SYS_IOCTL, [3]uintptr{noFD, unix.TCGETS}, unix.EBADF, "judged by its second argument", lookAtOne},
	{"fcntl", unix.SYS_FCNTL, [3]uintptr{noFD, unix.F_GETFL}, unix.EBADF, "judged by its second argument", lookAtOne},
	{"socket", unix.SYS_SOCKET, [3]uintptr{unix.AF_INET, 99}, unix.EINVAL, "judged by its first argument, where something is blocked", lookAtOne},
	{"clone", unix.SYS_CLONE, [3]uintptr{unix.CLONE_SIGHAND}, unix.EINVAL, "judged by its first argument", lookAtOne},
	{"prlimit64", unix.SYS_PRLIMIT64, [3]uintptr{0, 99}, unix.EINVAL, "judged by two arguments", lookAtOne},
}

func (p *probe) once() error {
	if _, _, errno := unix.RawSyscall6(p.nr, p.args[0], p.args[1], p.args[2], 0, 0, 0); errno != p.want {
		return fmt.Errorf("%s: %v, want %v", p.name, errno, p.want)
	}
	return nil
}

func runOnce(argv []string) (time.Duration, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	begin := time.Now()
	err := cmd.Run()
	return time.Since(begin), err
}
