package enforce

import (
	"runtime"
	"slices"

	"github.com/nono-sandbox/nono/core/enforce/landlock"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/seccomp"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Sandbox is one that has been applied; only Apply makes one.
type Sandbox struct{}

// Apply puts the calling thread into the sandbox that s describes, for good.
// A spec that does not fit what is beside this process is refused. The socket to the
// supervisor is closed.
//
// The caller must call Start from the same goroutine: Apply locks it to its thread,
// and execve(2) makes that thread, with its restrictions, the whole process.
// The process's other threads are not restricted and end at the exec.
//
// After an error the thread may be restricted in part: the caller must not run
// the command, and can only say what went wrong and exit.
func Apply(s *spec.Spec, beside Beside) (*Sandbox, error) {
	if err := beside.check(s); err != nil {
		return nil, err
	}
	if err := apply(s); err != nil {
		return nil, err
	}
	if beside.Supervisor != 0 {
		// The filter of apply is loaded first: it refuses its calls, and nobody is asked about them.
		if err := supervise(s, beside.Supervisor); err != nil {
			return nil, err
		}
	}
	return &Sandbox{}, nil
}

func apply(s *spec.Spec) error {
	runtime.LockOSThread()
	support, err := kernel.Detect()
	if err != nil {
		return &fault.Error{Do: "sandbox", Err: err, Hint: "nono runs nothing unprotected; 'nono why --support' tells more"}
	}
	if err := asked(s, support.ABI); err != nil {
		return err
	}
	// Nothing is restricted yet. If a socket must not be handed over, nothing is begun.
	if err := checkInherited(s, support.ABI); err != nil {
		return err
	}
	self, err := leaveGroup()
	if err != nil {
		return &fault.Error{Do: "leave the process group", Err: err}
	}
	rules := slices.Concat(seccomp.Rules(s, support.ABI), seccomp.GroupRules(outsideGroups(self)))
	// Paths are opened and rules made from them while every path can be opened.
	inner := s
	if s.Undo {
		inner = s.WithoutChanges() // they are the supervisor's to make
	}
	if err := landlock.Restrict(inner, support.ABI); err != nil {
		return err
	}
	// Landlock comes before: it may search directories that only root can search.
	// seccomp comes after: it needs no_new_privs and no capability.
	if err := dropCapabilities(); err != nil {
		return err
	}
	if err := closeInherited(s.KeepFDs); err != nil {
		return err
	}
	// Last, so that the filter need not allow anything for nono's own sake.
	return filter(rules)
}

// asked refuses a spec that asks for something which this kernel cannot give
// without giving more.
func asked(s *spec.Spec, abi int) error {
	if len(s.Ports) > 0 && abi < kernel.ABINet {
		return &fault.Error{Do: "limit the network to some ports", Err: fault.Text("that needs " + kernel.Needs(kernel.ABINet) + "; this kernel knows no ports"),
			Hint: "--net-block instead shuts the whole network"}
	}
	if s.LimitsHosts() && abi < kernel.ABINet {
		// The supervisor alone would decide about each connection. If the command changed the
		// address after the supervisor has looked, nothing would refuse the new address.
		return &fault.Error{Do: "limit the network to some hosts", Err: fault.Text("that needs " + kernel.Needs(kernel.ABINet)),
			Hint: "--net-block instead shuts the whole network"}
	}
	if s.KernelLog && abi < kernel.ABILog {
		return &fault.Error{Do: "have the kernel log what it denies", Err: fault.Text("that needs " + kernel.Needs(kernel.ABILog)),
			Hint: "--audit-log FILE logs without the kernel's help"}
	}
	if abi >= kernel.ABIUnix || s.UnixSockets || s.Traps(spec.TrapSockets) {
		return nil
	}
	for i := range s.Paths {
		if s.Paths[i].Kind == spec.UnixSocket {
			return &fault.Error{Do: "allow the one Unix socket", Path: s.Paths[i].Path,
				Err:  fault.Text("that needs " + kernel.Needs(kernel.ABIUnix) + "; this kernel would allow every other socket too"),
				Hint: "--allow-unix-sockets allows them all"}
		}
	}
	return nil
}

// filter loads the seccomp program for the calling thread.
func filter(rules []seccomp.Rule) error {
	code, err := seccomp.Compile(runtime.GOARCH, rules)
	if err != nil {
		return &fault.Error{Do: "filter system calls", Err: err}
	}
	_, err = seccomp.Load(code, 0)
	return err
}

// exec replaces the process by the command at path, an absolute path or one
// relative to the working directory, with its arguments untouched. It returns
// only if that failed.
func (*Sandbox) exec(path string, argv, env []string) error {
	return unix.Exec(path, argv, env)
}
