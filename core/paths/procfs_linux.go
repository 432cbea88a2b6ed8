package paths

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Process returns the number of the process that n, in procfs, tells of, or ""
// for any other thing.
func (n *Node) Process() string {
	top := n
	for n.Parent != nil && n.Parent.Mount == n.Mount {
		top, n = n, n.Parent
	}
	pid := spec.Base(top.Path)
	if _, err := strconv.ParseUint(pid, 10, 31); err != nil || top == n || !top.InProcfs() {
		return ""
	}
	return pid
}

// InProcfs reports whether n is a part of procfs.
func (n *Node) InProcfs() bool {
	var st unix.Statfs_t
	return unix.Statfs(n.Path, &st) == nil && st.Type == unix.PROC_SUPER_MAGIC
}

// isSelf reports whether the symlink n is the one by which procfs shows every
// process its own directory.
func (n *Node) isSelf() bool {
	name := spec.Base(n.Path)
	return (name == "self" || name == "thread-self") && n.Parent != nil && n.Parent.IsMountPoint() && n.Parent.InProcfs()
}

// throughProcfs follows the symlink n if it is one of procfs that leads to the
// thing itself and to none that its text names; otherwise it returns nil. It notes
// in w whose process the way leads through.
func (w *walker) throughProcfs(n *Node) (*Node, unix.Errno) {
	if n.isSelf() {
		w.own, _, _ = strings.Cut(n.Target, "/")
		return nil, 0
	}
	pid := n.Process()
	switch {
	case pid == "", pid != w.own && w.d.Inside:
		return nil, 0
	case pid != w.own:
		w.outside = true
		return nil, unix.EACCES
	}
	if fd, err := strconv.Atoi(spec.Base(n.Path)); err == nil && fd > 2 && spec.Base(n.Parent.Path) == "fd" && !w.d.Inside {
		return nil, unix.ENOENT // closed at the exec
	}
	if strings.HasPrefix(n.Target, "/") && !strings.HasPrefix(n.Target, "/memfd:") {
		return nil, 0
	}
	// A pipe, a socket, a namespace: it is on no mount that has a path, and
	// Landlock lets it be.
	var st unix.Stat_t
	if err := unix.Stat(n.Path, &st); err != nil {
		return nil, Errno(err)
	}
	return &Node{Path: n.Path, Mode: st.Mode, UID: st.Uid, Nlink: 1, Magic: true}, 0
}
