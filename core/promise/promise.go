// Package promise lists what nono keeps a command from, and which of it a system
// can keep.
package promise

import (
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/seatbelt"
	"github.com/nono-sandbox/nono/core/spec"
)

// A Promise is one thing that nono keeps a sandboxed command from, and whether
// the system at hand can keep it.
type Promise struct {
	Key   string // stable, for programs
	What  string // for people: completes "keeps the command from …"
	Held  bool
	By    string // what holds it: "Landlock", "seccomp", …; empty if nothing
	Needs string // what would hold it, where it is not held
}

// On lists the promises of a system, a GOOS; k is its kernel's and matters on
// Linux alone. s is the policy that they are about; nil asks about the strictest:
// net, unix-sockets, rmdir and ipc blocked. On Linux without Landlock, and on a
// system that is neither Linux nor macOS, none is held, since nothing is started.
func On(goos string, k kernel.Support, s *spec.Spec) []Promise {
	asked := s
	if asked == nil {
		asked = &spec.Spec{}
	}
	var list []Promise
	for _, r := range rows {
		if r.key == "net" && len(asked.Ports) > 0 {
			r.what = "using the network, but for TCP to the ports that are granted"
		}
		switch {
		case r.unless != nil && r.unless(asked):
		case goos == "darwin":
			list = append(list, r.seatbelt())
		default:
			list = append(list, r.landlock(k.ABI))
		}
	}
	if goos == "darwin" {
		for _, what := range seatbelt.Unkept(s) {
			list = append(list, Promise{Key: "reading", What: what, Needs: "a rule about moves, which Seatbelt lacks"})
		}
	}
	return list
}

// A row is one promise and what keeps it: Landlock from an ABI on, or what is
// named beside it.
type row struct {
	key    string
	what   string // "": what the ABI keeps
	abi    int
	beside string // what keeps it on Linux beside Landlock, on every kernel
	alone  bool   // beside keeps it, and Landlock has no part in it
	darwin string // what keeps it on macOS, if Seatbelt does not
	unless func(*spec.Spec) bool
}

var rows = []row{
	{key: "files", abi: kernel.MinABI},
	{key: "move", abi: kernel.ABIRefer},
	{key: "truncate", abi: kernel.ABITruncate, beside: "seccomp"},
	{key: "ioctl", abi: kernel.ABIIoctl},
	{key: "devices", what: "making device nodes", abi: kernel.MinABI},
	{key: "ptrace", what: "debugging processes outside and reading their memory, environment and descriptors", abi: kernel.MinABI},
	{key: "signal", abi: kernel.ABIScope},
	{key: "mount", what: "changing mounts", abi: kernel.MinABI, beside: "seccomp"},
	{key: "net", abi: kernel.ABINet, beside: "seccomp", unless: func(s *spec.Spec) bool { return s.Net }},
	{key: "unix", abi: kernel.ABIUnix, unless: func(s *spec.Spec) bool { return s.UnixSockets }},
	{key: "rmdir", what: "removing or renaming directories", abi: kernel.MinABI, unless: func(s *spec.Spec) bool { return s.Rmdir }},
	{key: "privileges", what: "gaining privileges by setuid programs or capabilities", beside: "no_new_privs and dropped capabilities", alone: true},
	{key: "calls", what: "io_uring, terminal injection, keyrings, new namespaces, foreign system calls", beside: "seccomp", alone: true},
	{key: "ipc", what: "System V IPC and POSIX message queues", beside: "seccomp", alone: true, unless: func(s *spec.Spec) bool { return s.IPC }},
	{key: "descriptors", what: "inherited file descriptors above 2", beside: "closing them", alone: true, darwin: "closing them"},
}

// landlock is the promise on Linux with a Landlock ABI.
func (r *row) landlock(abi int) Promise {
	v := kernel.ByABI(r.abi)
	p := Promise{Key: r.key, What: r.what}
	if p.What == "" {
		p.What = v.Keeps
	}
	needs := r.abi
	if v.Before != "" || r.beside != "" {
		needs = kernel.MinABI
	}
	switch {
	case abi < kernel.MinABI:
		p.Needs = kernel.Needs(needs)
	case r.alone:
		p.By = r.beside
	case abi >= r.abi && r.beside != "":
		p.By = "Landlock and " + r.beside
	case abi >= r.abi:
		p.By = "Landlock"
	case v.Before != "":
		p.By = v.Before
	default:
		p.Needs = kernel.Needs(needs)
	}
	p.Held = p.By != ""
	return p
}

// seatbelt is the promise on macOS.
func (r *row) seatbelt() Promise {
	p := Promise{Key: r.key, What: r.what, Held: true, By: "Seatbelt"}
	switch {
	case r.key == "calls":
		return Promise{Key: r.key, What: "typing into the terminal (TIOCSTI)", Needs: "a macOS that refuses it itself"}
	case r.key == "privileges":
		p.What, p.By = "gaining privileges by setuid programs", "Seatbelt, which starts none; root's own privileges stay"
	case r.what == "":
		p.What = kernel.ByABI(r.abi).Keeps
	}
	if r.darwin != "" {
		p.By = r.darwin
	}
	return p
}
