package kernel

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/spec"
)

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
// asks about the strictest: net, unix-sockets, rmdir and ipc blocked. Where
// there is no Landlock none is held, since nothing is started.
func Promises(k Support, s *spec.Spec) []Promise {
	if s == nil {
		s = &spec.Spec{}
	}
	list := []Promise{
		k.landlock("files", "opening, listing, making, removing and executing files outside the grants", MinABI),
		k.moving(),
		k.both("truncate", "truncating files that it may not write", ABITruncate),
		k.landlock("ioctl", "controlling devices that are not granted", ABIIoctl),
		k.landlock("devices", "making device nodes", MinABI),
		k.landlock("ptrace", "debugging processes outside and reading their memory, environment and descriptors", MinABI),
		k.landlock("signal", "sending signals to processes outside", ABIScope),
		k.both("mount", "changing mounts", MinABI),
	}
	if !s.Net {
		list = append(list, k.both("net", "using the network", ABINet))
	}
	if !s.UnixSockets {
		list = append(list, k.sockets())
	}
	if !s.Rmdir {
		list = append(list, k.landlock("rmdir", "removing or renaming directories", MinABI))
	}
	list = append(list,
		k.started("privileges", "gaining privileges by setuid programs or capabilities", "no_new_privs and dropped capabilities"),
		k.started("calls", "io_uring, terminal injection, keyrings, new namespaces, foreign system calls", "seccomp"))
	if !s.IPC {
		list = append(list, k.started("ipc", "System V IPC and POSIX message queues", "seccomp"))
	}
	return append(list, k.started("descriptors", "inherited file descriptors above 2", "closing them"))
}

// landlock is a promise that Landlock holds from an ABI on.
func (k Support) landlock(key, what string, abi int) Promise {
	if k.ABI >= abi {
		return Promise{Key: key, What: what, Held: true, By: "Landlock"}
	}
	return Promise{Key: key, What: what, Needs: "Landlock ABI " + strconv.Itoa(abi) + ", Linux " + FirstKernel(abi)}
}

// both is one that seccomp holds on every kernel and Landlock too from an ABI on.
func (k Support) both(key, what string, abi int) Promise {
	if k.ABI >= abi {
		return k.started(key, what, "Landlock and seccomp")
	}
	return k.started(key, what, "seccomp")
}

// started is one that holds wherever nono starts anything.
func (k Support) started(key, what, by string) Promise {
	p := k.landlock(key, what, MinABI)
	if p.Held {
		p.By = by
	}
	return p
}

// moving holds on every kernel, but costs more on the first one.
func (k Support) moving() Promise {
	p := k.landlock("move", "gaining rights by moving or linking files", MinABI)
	if p.Held && k.ABI < ABIRefer {
		p.By = "Landlock, which refuses every move between directories before Linux " + FirstKernel(ABIRefer)
	}
	return p
}

func (k Support) sockets() Promise {
	if k.ABI >= ABIUnix {
		return k.landlock("unix", "connecting to Unix sockets outside", ABIUnix)
	}
	return k.started("unix", "connecting to Unix sockets outside", "seccomp, which refuses the sockets themselves")
}
