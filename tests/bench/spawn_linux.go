package main

import (
	"fmt"
	"os"
	"runtime"
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
