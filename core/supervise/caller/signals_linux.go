package caller

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Interrupted reports whether a signal waits for the caller that would end a system call
// which waits: one with a handler, or one that ends the process.
func (p *Process) Interrupted() bool {
	handled, ends := p.pending()
	return handled || ends
}

// Ending reports whether a signal waits for the caller that ends the process. The kernel
// delivers that at once, with one exception: where a signal that only stops the process
// came before, the next one waits for the end of the call (complete_signal in
// kernel/signal.c passes over a thread that has one pending).
func (p *Process) Ending() bool {
	_, ends := p.pending()
	return ends
}

// harmless are the signals that end no process by themselves (signal(7)).
const harmless = 1<<(unix.SIGCHLD-1) | 1<<(unix.SIGCONT-1) | 1<<(unix.SIGSTOP-1) | 1<<(unix.SIGTSTP-1) | 1<<(unix.SIGTTIN-1) |
	1<<(unix.SIGTTOU-1) | 1<<(unix.SIGURG-1) | 1<<(unix.SIGWINCH-1)

// pending tells what the signals will do that wait for the caller and are not blocked
// (proc_pid_status(5)). Both are true where it is gone.
func (p *Process) pending() (handled, ends bool) {
	text, err := p.File("status")
	if err != nil {
		return true, true
	}
	mask := map[string]uint64{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && (strings.HasPrefix(name, "Sig") || name == "ShdPnd") {
			mask[name], _ = strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		}
	}
	wait := (mask["SigPnd"] | mask["ShdPnd"]) &^ mask["SigBlk"]
	return wait&mask["SigCgt"] != 0, wait&^mask["SigCgt"]&^mask["SigIgn"]&^harmless != 0
}
