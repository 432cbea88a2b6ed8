// Package process is the supervisor's place between the one who started it and the
// command: it starts the shim as its child, and is otherwise as if it were not
// there. Exit status, terminal, job control and signals are the command's own.
package process

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Child is the command's first process.
type Child struct {
	PID    int
	pidfd  int
	signal int // the pipe of caught signals
}

// An End is how a process ended.
type End struct {
	Status int         // 0 to 255, if it exited
	Signal unix.Signal // or what killed it; 0 if it exited
	Core   bool        // it left a core dump
}

// Start starts the program at path with argv and env. It inherits every descriptor
// that is not close-on-exec under its number. If this process ends for whatever
// reason, the kernel kills the child: that hangs on the calling thread, so Start must
// be called from a goroutine that is locked to the thread with which the program
// began. adjust may ask for more, such as namespaces. From then on orphans among the descendants become children of this process.
func Start(path string, argv, env []string, adjust ...func(*syscall.SysProcAttr)) (*Child, error) {
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, err
	}
	c := &Child{pidfd: -1}
	var err error
	if c.signal, err = catch(); err != nil {
		return nil, err
	}
	sys := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, PidFD: &c.pidfd}
	for _, f := range adjust {
		f(sys)
	}
	c.PID, err = syscall.ForkExec(path, argv, &syscall.ProcAttr{Env: env, Files: []uintptr{0, 1, 2}, Sys: sys})
	if err != nil {
		return nil, err
	}
	if c.pidfd < 0 { // before Linux 5.2
		c.pidfd, err = unix.PidfdOpen(c.PID, 0)
	}
	return c, err
}

// Forward hands on the signals that are sent to this process alone, until it ends.
func (c *Child) Forward() {
	for {
		s, err := next(c.signal)
		if err != nil {
			return
		}
		// What the kernel sends because of the terminal, the command has had too.
		if s.sent || !fromTerminal(s.number) {
			c.Signal(s.number)
		}
	}
}

// fromTerminal reports whether the kernel sends the signal to a whole process
// group.
func fromTerminal(s unix.Signal) bool {
	switch s {
	case unix.SIGINT, unix.SIGQUIT, unix.SIGTSTP, unix.SIGWINCH, unix.SIGHUP, unix.SIGCONT, unix.SIGTTIN, unix.SIGTTOU:
		return true
	}
	return false
}

// Signal sends s to the command, and to no process that has its number after it.
func (c *Child) Signal(s unix.Signal) { unix.PidfdSendSignal(c.pidfd, s, nil, 0) }

// Wait waits for the command to end. Meanwhile it stops when the command stops, and
// takes in the orphans that end. It must be called from Start's goroutine.
func (c *Child) Wait() (End, error) {
	for {
		var ws unix.WaitStatus
		pid, err := unix.Wait4(-1, &ws, unix.WUNTRACED, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return End{}, err
		case pid != c.PID:
		case ws.Stopped():
			c.stop(ws.StopSignal())
		case ws.Signaled():
			return End{Signal: ws.Signal(), Core: ws.CoreDump()}, nil
		case ws.Exited():
			return End{Status: ws.ExitStatus()}, nil
		}
	}
}

// stop stops this process as the command was stopped, so that the shell sees it, and
// has the command go on when this process does.
func (c *Child) stop(s unix.Signal) {
	if s != unix.SIGTSTP && s != unix.SIGTTIN && s != unix.SIGTTOU {
		s = unix.SIGSTOP
	}
	if s != unix.SIGSTOP && setDefault(s) != nil {
		return
	}
	unix.Tgkill(os.Getpid(), unix.Gettid(), s)
	if s != unix.SIGSTOP {
		catchOne(s)
	}
	c.Signal(unix.SIGCONT)
}

// Exit ends this process as the command ended. It does not return.
func (e End) Exit() {
	if e.Signal != 0 {
		// The command has left its core dump, if any; one of this process would
		// only hide it.
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
		setDefault(e.Signal)
		runtime.LockOSThread()
		only := unix.Sigset_t{}
		only.Val[0] = 1 << (uint(e.Signal) - 1)
		unix.PthreadSigmask(unix.SIG_UNBLOCK, &only, nil)
		unix.Tgkill(os.Getpid(), unix.Gettid(), e.Signal)
		os.Exit(128 + int(e.Signal))
	}
	os.Exit(e.Status)
}
