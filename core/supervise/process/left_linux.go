package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// settles is how long those who outlive the command may take to end by themselves before
// they are spoken of: what it has started ends a little later than the command often.
const settles = 100 * time.Millisecond

// Left returns the names of the programs that run on in the sandbox after the command has
// ended: what a person knows as a daemon, or a job in the background. It waits a moment,
// and no longer than somebody is there.
func Left() []string {
	if !anyLeft() || !leftAfter(settles, func() {}) {
		return nil
	}
	var names []string
	own, _ := filters("self")
	each(func(pid int, state byte) {
		number := strconv.Itoa(pid)
		// What this process itself has started, such as a program that asks the user, is
		// not in the sandbox, whose filters come on top of this process's.
		if n, ok := filters(number); !ok || n <= own || state == 'Z' {
			return
		}
		program, err := os.Readlink("/proc/" + number + "/exe")
		if err != nil {
			return // it ends
		}
		names = append(names, filepath.Base(strings.TrimSuffix(program, " (deleted)")))
	})
	return names
}

// filters is how many seccomp filters a process has (Seccomp_filters in proc_pid_status(5),
// from Linux 5.9).
func filters(pid string) (int, bool) {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, false
	}
	_, rest, found := bytes.Cut(text, []byte("\nSeccomp_filters:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	return n, found && err == nil
}
