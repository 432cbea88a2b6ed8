package process

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// WaitAll waits until no descendant is left.
func WaitAll() {
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && err != unix.EINTR {
			return
		}
	}
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

// signalAll sends s to every child of this process. A child is not gone until it is
// waited for, so the number is its own.
func signalAll(s unix.Signal) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	me := os.Getpid()
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && parent(pid) == me {
			unix.Kill(pid, s)
		}
	}
}

// parent is the parent of a process, or 0.
func parent(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything (proc_pid_stat(5)).
	_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
	f := strings.Fields(rest)
	if len(f) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(f[1])
	return n
}
