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

// A Sandbox is a sandbox that Apply has applied.
type Sandbox struct{}

// Apply puts the calling thread into the sandbox of s. Nothing can undo this. Apply returns
// an error if s does not fit beside. It closes the socket to the supervisor.
//
// The caller must call Start from the same goroutine. Apply locks this goroutine to its
// thread; execve(2) makes this thread, with its restrictions, the whole process. The other
// threads are not restricted, and end at the exec.
//
// After an error, the thread may be partly restricted. The caller must not run the command:
// it can only print the error and exit.
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
	// Landlock is the first restriction: to make rules, it must open every path.
	inner := s
	if s.Undo {
		inner = s.WithoutChanges() // the supervisor makes the changes
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
	// The filter is last, so that it does not have to allow calls that only nono makes.
	return filter(rules)
}

// asked returns an error if this kernel cannot grant a part of s without granting more.
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

// exec replaces the process by the command at path, which may be relative to the working
// directory. It does not change the arguments. It returns only after a failure.
func (*Sandbox) exec(path string, argv, env []string) error {
	return unix.Exec(path, argv, env)
}
