package query

import (
	"strconv"
	"strings"

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

// process returns the number of the process that n, in procfs, tells of, or ""
// for any other thing.
func (d *disk) process(n *node) string {
	top := n
	for n.parent != nil && n.parent.mount == n.mount {
		top, n = n, n.parent
	}
	pid := spec.Base(top.path)
	if _, err := strconv.ParseUint(pid, 10, 31); err != nil || top == n || !d.procfs(top) {
		return ""
	}
	return pid
}

func (d *disk) procfs(n *node) bool {
	var st unix.Statfs_t
	return unix.Statfs(n.path, &st) == nil && st.Type == unix.PROC_SUPER_MAGIC
}

// self reports whether the symlink n is the one by which procfs shows every
// process its own directory.
func (d *disk) self(n *node) bool {
	name := spec.Base(n.path)
	return (name == "self" || name == "thread-self") && n.parent != nil && n.parent.mountPoint() && d.procfs(n.parent)
}

// outside returns the errno by which the kernel keeps the file n, which tells of
// a process outside of the sandbox, from being read; 0 if it does not. own is the
// process that asks. What is asked from inside, only the kernel knows.
func (d *disk) outside(n *node, own string) unix.Errno {
	errno := guarded(spec.Base(n.path))
	if errno == 0 || d.inside {
		return 0
	}
	if pid := d.process(n); pid == "" || pid == own {
		return 0
	}
	return errno
}

// within reports whether n is, or lies in, a directory that is kept so. The names
// in map_files can be listed.
func (d *disk) within(n *node, own string) bool {
	for at := n; at != nil; at = at.parent {
		name := spec.Base(at.path)
		if (name == "fdinfo" || name == "map_files" && at != n) && d.outside(at, own) != 0 {
			return true
		}
	}
	return false
}

// privileged reports whether n takes a capability that the shim drops.
func (d *disk) privileged(n *node) bool {
	name := spec.Base(n.path)
	return (name == "kmsg" || name == "kcore") && n.parent != nil && n.parent.mountPoint() && d.procfs(n)
}

// jump follows a symlink in a process's directory, which leads to the thing
// itself, where that is none that its text names; otherwise it returns nil.
func (w *walker) jump(n *node, pid string) (*node, unix.Errno) {
	if pid != w.own {
		if w.d.inside {
			return nil, 0
		}
		w.outside = true
		return nil, unix.EACCES
	}
	if fd, err := strconv.Atoi(spec.Base(n.path)); err == nil && fd > 2 && spec.Base(n.parent.path) == "fd" && !w.d.inside {
		return nil, unix.ENOENT // closed at the exec
	}
	if strings.HasPrefix(n.target, "/") && !strings.HasPrefix(n.target, "/memfd:") {
		return nil, 0
	}
	// A pipe, a socket, a namespace: it is on no mount that has a path, and
	// Landlock lets it be.
	var st unix.Stat_t
	if err := unix.Stat(n.path, &st); err != nil {
		return nil, number(err)
	}
	return &node{path: n.path, mode: st.Mode, uid: st.Uid, nlink: 1, free: true}, 0
}

// asItself puts /proc/self back for pid, the number of this process, which is
// another one in the sandbox.
func (v *Verdict) asItself(pid string) {
	v.Resolved = itself(v.Resolved, pid)
	if v.Suggestion != nil {
		for i := range v.Suggestion.Parts {
			v.Suggestion.Parts[i].Arg = itself(v.Suggestion.Parts[i].Arg, pid)
		}
	}
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
