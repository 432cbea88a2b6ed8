package fetch

import (
	"os"
	"syscall"

	"github.com/mattn/go-isatty"
	"golang.org/x/sys/unix"
)

// shun keeps secrets out of core dumps: this process makes none (PR_SET_DUMPABLE(2const)),
// and what it becomes has a limit of one byte, at which the kernel neither writes a file
// nor starts a program that takes the dump (core(5), fs/coredump.c).
func shun() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	return limitCore(1)
}

// attributes has the kernel end a program when nono ends before it.
func attributes(session bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: session, Pdeathsig: syscall.SIGKILL}
}

// terminal is the name of the terminal that nono has, or "".
func terminal() string {
	if !isatty.IsTerminal(0) {
		return ""
	}
	name, _ := os.Readlink("/proc/self/fd/0")
	return name
}
