package process

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// WaitAll waits until no descendant is left. One that is stopped would be waited for for
// ever, since nobody is left who would let it go on: it hears SIGHUP and goes on, as what is
// stopped does without a supervisor when the command ends (setpgid(2), orphaned groups).
func WaitAll() {
	if !anyLeft() {
		return
	}
	wakeStopped()
	for {
		pid, err := unix.Wait4(-1, nil, 0, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return
		case pid > 0:
			wakeStopped() // its children are this process's now
		}
	}
}

// wakeStopped sends SIGHUP and SIGCONT to the children of this process that are stopped.
func wakeStopped() {
	each(func(pid int, state byte) {
		if state == 'T' {
			unix.Kill(pid, unix.SIGHUP)
			unix.Kill(pid, unix.SIGCONT)
		}
	})
}

// grace is how long those who outlive the command have to end by themselves.
const grace = 2 * time.Second

// EndAll ends the descendants that are left, first by asking (SIGTERM).
func EndAll() {
	if !anyLeft() {
		return
	}
	signalAll(unix.SIGTERM)
	if leftAfter(grace, func() {}) {
		// Orphans of those that end become children of this process; so again and
		// again. Whom not even that ends, in a hung file system, is left: the calls
		// that are trapped fail for it from now on.
		leftAfter(grace, func() { signalAll(unix.SIGKILL) })
	}
}

// EndNow asks the command and every other child of this process to end, gives them
// the same time, and then kills what is left, again and again: it does not return. It
// takes in nobody, so that Wait still hears how the command ended.
func EndNow() {
	signalAll(unix.SIGTERM)
	signalAll(unix.SIGCONT) // one that is stopped would not hear of it
	time.Sleep(grace)
	for {
		signalAll(unix.SIGKILL)
		time.Sleep(5 * time.Millisecond)
	}
}

// leftAfter reports whether descendants are left after so much time; again is called
// now and then.
func leftAfter(d time.Duration, again func()) bool {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		again()
		if !anyLeft() {
			return false
		}
	}
	return true
}

// Kill ends every child of this process at once.
func Kill() { signalAll(unix.SIGKILL) }

// anyLeft takes in the descendants that have ended, and reports whether there are
// others.
func anyLeft() bool {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return false // ECHILD
		case pid == 0:
			return true
		}
	}
}

// signalAll sends s to every child of this process.
func signalAll(s unix.Signal) { each(func(pid int, _ byte) { unix.Kill(pid, s) }) }

// each calls f for every child of this process with its state (proc_pid_stat(5)). A child
// is not gone until it is waited for, so the number is its own.
func each(f func(pid int, state byte)) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	me := os.Getpid()
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if parent, state := parent(pid); parent == me {
			f(pid, state)
		}
	}
}

// parent is the parent of a process, or 0, and the process's state.
func parent(pid int) (parent int, state byte) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	// The name, in parentheses, may hold anything (proc_pid_stat(5)).
	_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
	f := strings.Fields(rest)
	if len(f) < 2 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(f[1])
	return parent, f[0][0]
}
