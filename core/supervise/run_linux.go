// Package supervise is the resident parent of a sandbox, if a feature needs one. It starts
// the shim, and answers the kernel about some system calls of the command. In all other
// ways, the command runs as without a supervisor.
//
// Rule: a supervisor never makes the Landlock domain of the command wider. See Decider.
package supervise

import (
	"os"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"github.com/nono-sandbox/nono/core/supervise/process"
	"golang.org/x/sys/unix"
)

// A Launch says what Run starts.
type Launch struct {
	Spec   *spec.Spec
	SpecFD int    // a descriptor of the spec for the shim, at offset 0
	Shim   string // the path of nono-exec-shim
	// Args are the other arguments of the shim: its flags, "--" and the command.
	Args     []string
	Env      []string
	Features []Feature
	// WaitAll: Run waits for the processes that outlive the command. Otherwise it ends
	// them.
	WaitAll bool
	// Left, where it is not nil, is told the names of the programs that outlive the
	// command, before they are waited for or ended.
	Left func(programs []string)
}

// Run starts the command and returns how it ended. The caller must have locked its
// goroutine to the first thread of the program. An error means that the command did not
// start.
func Run(l Launch) (process.End, error) {
	if err := MayLook(); err != nil {
		return process.End{}, err
	}
	t, err := newTable(l.Spec, l.Features)
	if err != nil {
		return process.End{}, err
	}
	ours, theirs, err := channel()
	if err != nil {
		return process.End{}, &fault.Error{Do: "supervise", Err: err}
	}
	argv := append([]string{"nono-exec-shim", "--fd=" + strconv.Itoa(l.SpecFD), "--notify=" + strconv.Itoa(theirs)}, l.Args...)
	if l.Spec.Ends > 0 {
		if err := endAt(l.Spec.Ends); err != nil {
			return process.End{}, err
		}
	}
	child, err := process.Start(l.Shim, argv, l.Env)
	if err != nil {
		return process.End{}, &fault.Error{Do: "start", Path: l.Shim, Err: err}
	}
	unix.Close(theirs)
	unix.Close(l.SpecFD)
	go child.Forward()
	go answer(ours, t)
	end, err := child.Wait()
	if err != nil {
		return end, &fault.Error{Do: "wait for the command", Err: err}
	}
	if l.Left != nil {
		if programs := process.Left(); len(programs) > 0 {
			l.Left(programs)
		}
	}
	if l.WaitAll {
		process.WaitAll()
	} else {
		process.EndAll()
	}
	return end, nil
}

// answer receives the listener from the shim and serves it. If the shim fails before, it has
// printed its error, and its end is the end of the run.
func answer(ours int, t table) {
	fd, err := receive(ours)
	unix.Close(ours)
	if err != nil {
		return
	}
	serve(notify.New(fd), t)
}

// channel returns a pair of sockets: one for this process, and one that the shim inherits.
func channel() (ours, theirs int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, err
	}
	_, err = unix.FcntlInt(uintptr(pair[1]), unix.F_SETFD, 0)
	return pair[0], pair[1], err
}

// receive waits for the one descriptor that the shim sends.
func receive(fd int) (int, error) {
	data, control := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	for {
		n, size, _, _, err := unix.Recvmsg(fd, data, control, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return -1, unix.EPIPE
		}
		messages, err := unix.ParseSocketControlMessage(control[:size])
		if err != nil || len(messages) != 1 {
			return -1, unix.EPROTO
		}
		fds, err := unix.ParseUnixRights(&messages[0])
		if err != nil || len(fds) != 1 {
			return -1, unix.EPROTO
		}
		return fds[0], nil
	}
}

// MayLook returns an error if Yama lets no process read the memory of its children: the
// supervisor could then not read the arguments of most calls.
func MayLook() error {
	text, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if err != nil {
		return nil // this kernel has no Yama
	}
	if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && n < 2 {
		return nil
	}
	return &fault.Error{Do: "supervise", Err: fault.Text("kernel.yama.ptrace_scope is " + strings.TrimSpace(string(text)) + ", so no process may look into another"),
		Hint: "leave out the flags that need a supervisor, or ask an administrator to set it to 1"}
}
