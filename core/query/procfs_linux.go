package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// In procfs a path is not all: what tells of a process asks whether the reader
// may trace it (ptrace(2)), which Landlock refuses for a process outside of the
// sandbox, and /proc/self is another directory for everyone who looks.

// guarded returns what keeps the file of that name in a process's directory from
// who has no right to trace the process: the errno of open(2) or, for the last
// few, of read(2) (proc(5), fs/proc/base.c).
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

// outside returns the errno by which the kernel keeps the file n, which tells of
// a process outside of the sandbox, from being read; 0 if it does not. own is the
// process that asks. What is asked from inside, only the kernel knows.
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

// within reports whether n is, or lies in, a directory that is kept so. The names
// in map_files can be listed.
func (a *Asker) within(n *paths.Node, own string) bool {
	for at := n; at != nil; at = at.Parent {
		name := spec.Base(at.Path)
		if (name == "fdinfo" || name == "map_files" && at != n) && a.outside(at, own) != 0 {
			return true
		}
	}
	return false
}

// privileged reports whether n takes a capability that the shim drops.
func privileged(n *paths.Node) bool {
	name := spec.Base(n.Path)
	return (name == "kmsg" || name == "kcore") && n.Parent != nil && n.Parent.IsMountPoint() && n.InProcfs()
}

// asItself puts /proc/self back for pid, the number of this process, which is
// another one in the sandbox.
func (v *Verdict) asItself(pid string) {
	v.Resolved, v.Lacking = itself(v.Resolved, pid), itself(v.Lacking, pid)
}

func itself(path, pid string) string {
	if rest, ok := strings.CutPrefix(path, "/proc/"+pid); ok && pid != "" && (rest == "" || rest[0] == '/') {
		return "/proc/self" + rest
	}
	return path
}

// kept notes that a process outside of the sandbox keeps its own.
func (e *asking) kept(errno unix.Errno) {
	e.fail(errno, OutsideProcess, byLandlock)
	if !e.policy {
		e.policy = true
		e.v.Reason, e.v.EnforcedBy, e.v.Line = OutsideProcess, byLandlock, nil
	}
}
