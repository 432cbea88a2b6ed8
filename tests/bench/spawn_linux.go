package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A task is one program to start, over and over.
type task struct {
	argv []string // argv[0] is the program's path
	env  []string
	dir  string
	null *os.File   // its standard input and output
	fds  []*os.File // descriptors from 3 on; rewound before every start
	held int        // a descriptor that this process holds while it starts t, or 0
	// before is what is done before every start, or nil.
	before func() error
}

// many is a descriptor that only a process with a large table of them can hold, as a
// test runner or an interactive bash does.
const many = 1000

// smallTable is the size of the smallest table of descriptors.
const smallTable = 64

// holding is t started by a process that holds the descriptor fd.
func (t task) holding(fd int) task {
	t.held = fd
	return t
}

// ready does what is to be done before t, and makes this process hold what t wants, and nothing above the 64 descriptors of
// the smallest table otherwise. A process gets a table of the size that its parent
// needs, and one whose table has to grow waits for the kernel (fs/file.c): a caller
// with few descriptors and one with many see different launches.
func (t *task) ready() error {
	if t.before != nil {
		if err := t.before(); err != nil {
			return err
		}
	}
	unix.Close(many)
	if t.held > 0 {
		if err := unix.Dup3(int(t.null.Fd()), t.held, unix.O_CLOEXEC); err != nil {
			return err
		}
	}
	return t.checkTable()
}

// checkTable starts a program that tells how large its table of descriptors is, in the
// way that t is started.
func (t *task) checkTable() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	status := task{argv: []string{"/bin/grep", "FDSize", "/proc/self/status"}, dir: "/", null: w}
	pid, err := status.start(t.null.Fd(), nil)
	w.Close()
	if err != nil {
		return err
	}
	said, err := io.ReadAll(r)
	if _, e := unix.Wait4(pid, nil, 0, nil); err == nil {
		err = e
	}
	size, _ := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(string(said), "FDSize:")))
	if small := size == smallTable; err == nil && (size == 0 || small != (t.held == 0)) {
		err = fmt.Errorf("the table of descriptors has place for %d", size)
	}
	return err
}

// start starts t. The fork shares this process's memory until the exec
// (CLONE_VFORK), so that what this process holds does not count.
func (t *task) start(stderr uintptr, sys *syscall.SysProcAttr) (int, error) {
	files := []uintptr{t.null.Fd(), t.null.Fd(), stderr}
	for _, f := range t.fds {
		if _, err := f.Seek(0, 0); err != nil {
			return 0, err
		}
		files = append(files, f.Fd())
	}
	return syscall.ForkExec(t.argv[0], t.argv, &syscall.ProcAttr{Dir: t.dir, Env: t.env, Files: files, Sys: sys})
}

// once starts t, waits for it and returns the time that took, from before the
// fork to after the wait. Its messages are lost; a status but 0 is an error.
func (t *task) once() (time.Duration, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begin := time.Now()
	pid, err := t.start(t.null.Fd(), nil)
	if err != nil {
		return 0, err
	}
	var status unix.WaitStatus
	// Raw, so that Go's scheduler does not look for other work meanwhile.
	_, _, errno := unix.RawSyscall6(unix.SYS_WAIT4, uintptr(pid), uintptr(unsafe.Pointer(&status)), 0, 0, 0, 0)
	took := time.Since(begin)
	switch {
	case errno != 0:
		return 0, errno
	case status != 0:
		return 0, fmt.Errorf("%s: %s", t.argv[0], describe(status))
	}
	return took, nil
}

func describe(s unix.WaitStatus) string {
	if s.Signaled() {
		return "signal " + s.Signal().String()
	}
	return fmt.Sprintf("exit status %d", s.ExitStatus())
}

// try starts t once and returns what it says, for a start that must work before
// it is worth measuring.
func (t *task) try() (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	pid, err := t.start(w.Fd(), nil)
	w.Close()
	if err != nil {
		return "", err
	}
	said := make([]byte, 4096)
	n := 0
	for n < len(said) {
		m, err := r.Read(said[n:])
		if err != nil {
			break
		}
		n += m
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil {
		return "", err
	}
	if status != 0 {
		return string(said[:n]), fmt.Errorf("%s: %s", t.argv[0], describe(status))
	}
	return string(said[:n]), nil
}
