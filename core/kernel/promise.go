package kernel

import "github.com/nono-sandbox/nono/core/spec"

// A Promise is one thing that nono keeps a sandboxed command from, and whether
// the kernel at hand can hold it.
type Promise struct {
	Key   string // stable, for programs
	What  string // for people: completes "keeps the command from …"
	Held  bool
	By    string // what holds it: "Landlock", "seccomp", …; empty if nothing
	Needs string // what would hold it, where it is not held
}

// Promises lists every promise for a kernel. s is the policy it is about; nil
// asks about the strictest: net, unix-sockets, rmdir and ipc blocked.
func Promises(k Support, s *spec.Spec) []Promise {
	if s == nil {
		s = &spec.Spec{}
	}
	landlock := func(key, what string, abi int) Promise {
		p := Promise{Key: key, What: what, Held: k.ABI >= abi}
		if p.Held {
			p.By = "Landlock"
		} else {
			p.Needs = "needs Landlock ABI " + digits(abi) + ", Linux " + FirstKernel(abi)
		}
		return p
	}
	either := func(key, what string, abi int) Promise {
		p := landlock(key, what, abi)
		if k.ABI >= MinABI {
			p.Held, p.Needs = true, ""
			if p.By = "seccomp"; k.ABI >= abi {
				p.By = "Landlock and seccomp"
			}
		}
		return p
	}
	list := []Promise{
		landlock("files", "opening, listing, making, removing and executing files outside the grants", MinABI),
		landlock("ptrace", "debugging and reading the memory, environment and descriptors of processes outside", MinABI),
		landlock("mount", "changing mounts", MinABI),
		either("truncate", "truncating files that it may not write", ABITruncate),
		landlock("ioctl", "controlling devices that are not granted", ABIIoctl),
		landlock("signal", "sending signals to processes outside", ABIScope),
	}
	if !s.Net {
		list = append(list, either("net", "using the network", ABINet))
	}
	if !s.UnixSockets {
		list = append(list, Promise{"unix", "connecting to Unix sockets outside", k.ABI >= MinABI, unixBy(k.ABI), ""})
	}
	if !s.Rmdir {
		list = append(list, landlock("rmdir", "removing or renaming directories", MinABI))
	}
	list = append(list, either("calls", "io_uring, terminal injection, keyrings, new namespaces, foreign system calls", 1<<10))
	if !s.IPC {
		list = append(list, either("ipc", "System V IPC and POSIX message queues", 1<<10))
	}
	return list
}

func unixBy(abi int) string {
	switch {
	case abi >= ABIUnix:
		return "Landlock"
	case abi >= MinABI:
		return "seccomp, which refuses the sockets themselves"
	}
	return ""
}

func digits(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return digits(n/10) + digits(n%10)
}
