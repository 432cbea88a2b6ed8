package main

import (
	"fmt"
	"os"
	"os/exec"
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
func worker(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("worker: too few arguments: %q", args)
	}
	var took time.Duration
	count := 1
	var err error
	switch args[0] {
	case "open":
		if count, err = strconv.Atoi(args[2]); err == nil {
			took, err = openMany(args[1], count)
		}
	case "call":
		if count, err = strconv.Atoi(args[2]); err == nil {
			took, err = callMany(args[1], count)
		}
	case "run":
		took, err = runOnce(args[1:])
	default:
		err = fmt.Errorf("worker: there is no %q", args[0])
	}
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%f\n", float64(took.Nanoseconds())/float64(count))
	return err
}

func openMany(file string, count int) (time.Duration, error) {
	name, err := unix.BytePtrFromString(file)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	for range count {
		at := unix.AT_FDCWD
		fd, _, errno := unix.RawSyscall6(unix.SYS_OPENAT, uintptr(at), uintptr(unsafe.Pointer(name)), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0, 0)
		if errno != 0 {
			return 0, fmt.Errorf("open %s: %w", file, errno)
		}
		unix.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
	}
	return time.Since(begin), nil
}

// A probe is a system call that does next to nothing, so that what the filter
// costs is seen. The ones with arguments fail inside and outside alike.
type probe struct {
	name string
	nr   uintptr
	args [3]uintptr
	want unix.Errno
	path string // what the filter does with it
}

const noFD = ^uintptr(0)

var probes = []probe{
	{"getppid", unix.SYS_GETPPID, [3]uintptr{}, 0, "always allowed: the kernel remembers"},
	{"read", unix.SYS_READ, [3]uintptr{noFD}, unix.EBADF, "always allowed: the kernel remembers"},
	{"ioctl", unix.SYS_IOCTL, [3]uintptr{noFD, unix.TCGETS}, unix.EBADF, "judged by its second argument"},
	{"socket", unix.SYS_SOCKET, [3]uintptr{unix.AF_INET, 99}, unix.EINVAL, "judged by its first argument, where something is blocked"},
	{"clone", unix.SYS_CLONE, [3]uintptr{unix.CLONE_SIGHAND}, unix.EINVAL, "judged by its first argument"},
	{"prlimit64", unix.SYS_PRLIMIT64, [3]uintptr{0, 99}, unix.EINVAL, "judged by two arguments"},
}

func callMany(name string, count int) (time.Duration, error) {
	for _, p := range probes {
		if p.name != name {
			continue
		}
		begin := time.Now()
		for range count {
			if _, _, errno := unix.RawSyscall6(p.nr, p.args[0], p.args[1], p.args[2], 0, 0, 0); errno != p.want {
				return 0, fmt.Errorf("%s: %v, want %v", name, errno, p.want)
			}
		}
		return time.Since(begin), nil
	}
	return 0, fmt.Errorf("worker: there is no call %q", name)
}

func runOnce(argv []string) (time.Duration, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	begin := time.Now()
	err := cmd.Run()
	return time.Since(begin), err
}
