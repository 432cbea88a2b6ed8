package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// In procfs, more than the path decides. For some files of a process, the kernel checks
// whether the reader may trace the process (ptrace(2)); Landlock refuses this for a process
// outside of the sandbox. And /proc/self is another directory for each process.

// guarded returns the errno for a reader that may not trace the process: of open(2), or for
// the last few names of read(2) (proc(5), fs/proc/base.c). name is a file in the directory
// of a process. The result is 0 if the kernel does not check this.
func guarded(name string) unix.Errno {
	switch name {
	case "auxv", "environ", "maps", "mem", "numa_maps", "pagemap", "smaps", "smaps_rollup", "timers", "fdinfo", "map_files",
		"io", "stack":
		return unix.EACCES
	case "personality", "syscall", "timerslack_ns":
		return unix.EPERM
	}
	return 0
}

// outside returns the errno for reading n, if n is a guarded file of a process outside of
// the sandbox; otherwise 0. own is the process that asks. Inside a sandbox, only the kernel
// knows which processes are outside, and the result is 0.
func (a *Asker) outside(n *paths.Node, own string) unix.Errno {
	errno := guarded(spec.Base(n.Path))
	if errno == 0 || a.disk.Inside {
		return 0
	}
	if pid := n.Process(); pid == "" || pid == own {
		return 0
	}
	return errno
}

// within reports whether n is, or lies in, a guarded directory. map_files itself can be
// listed.
func (a *Asker) within(n *paths.Node, own string) bool {
	for at := n; at != nil; at = at.Parent {
		name := spec.Base(at.Path)
		if (name == "fdinfo" || name == "map_files" && at != n) && a.outside(at, own) != 0 {
			return true
		}
	}
	return false
}

// privileged reports whether n needs a capability that nono drops.
func privileged(n *paths.Node) bool {
	name := spec.Base(n.Path)
	return (name == "kmsg" || name == "kcore") && n.Parent != nil && n.Parent.IsMountPoint() && n.InProcfs()
}

// asItself replaces pid, the number of this process, by "self": the process in the sandbox
// has another number.
func (v *Verdict) asItself(pid string) {
	v.Resolved, v.Lacking = itself(v.Resolved, pid), itself(v.Lacking, pid)
}

func itself(path, pid string) string {
	if rest, ok := strings.CutPrefix(path, "/proc/"+pid); ok && pid != "" && (rest == "" || rest[0] == '/') {
		return "/proc/self" + rest
	}
	return path
}

// kept notes that the kernel protects the file of a process outside of the sandbox.
func (e *asking) kept(errno unix.Errno) {
	e.fail(errno, OutsideProcess, byLandlock)
	if !e.policy {
		e.policy = true
		e.v.Reason, e.v.EnforcedBy, e.v.Line = OutsideProcess, byLandlock, nil
	}
}
