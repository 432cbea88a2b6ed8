package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"golang.org/x/sys/unix"
)

// entry checks what adding a name to the directory dir takes: first Landlock,
// then the file permissions.
func (e *asking) entry(dir *node, target string, want carve.Rights) {
	if e.a.disk.readOnly(dir) {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	e.needs(dir, target, want)
	e.writable(dir)
}

func (e *asking) writable(dir *node) {
	if errno := e.a.disk.access(dir, unix.W_OK|unix.X_OK); errno != 0 {
		e.fail(errno, FilePermissions, byPermissions)
	}
}

// making answers for open(2) with O_CREAT of a name that is not there.
func (e *asking) making(p *place, read bool) {
	if p.slash {
		e.fail(unix.EISDIR, BadPath, byFiles)
		return
	}
	if e.a.disk.procfs(p.up) {
		e.fail(unix.ENOENT, DoesNotExist, byFiles)
		return
	}
	want := carve.Create | carve.WriteFile
	if read {
		want |= carve.ReadFile
	}
	if denies(e.a, p.path, want) && e.a.have(p.up)&want == want {
		// A deny of what does not exist is kept by the directory's lack of
		// rights; where it has them another line gave them.
		e.v.Note = "a deny of this name does not hold here"
	}
	e.entry(p.up, p.path, want)
}

// creating answers for the calls that make a name.
func (e *asking) creating(op Op, p *place, errno unix.Errno) {
	if e.refusedAtOnce(op) {
		return
	}
	if op == Create && p.slash {
		e.policyOf(p, carve.Create)
		e.fail(unix.EISDIR, BadPath, byFiles)
		return
	}
	switch {
	case errno != 0 && (errno != unix.ENOENT || p.missing != 1):
		e.unreachable(p, errno, carve.Create)
		return
	case p.node != nil:
		e.fail(unix.EEXIST, Exists, byFiles)
		return
	case p.slash && op != Mkdir:
		e.fail(unix.ENOENT, BadPath, byFiles)
		return
	}
	if e.a.disk.readOnly(p.up) {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	switch op {
	case Mkdev:
		e.deviceNode()
		return
	case Create:
		e.entry(p.up, p.path, carve.Create|carve.WriteFile)
	default:
		e.entry(p.up, p.path, carve.Create)
	}
}

// policyOf notes the policy's reason, if it has one, without an errno of its own.
func (e *asking) policyOf(p *place, want carve.Rights) {
	if p.up != nil && want&^e.a.have(p.up) != 0 {
		failed, errno := e.failed, e.v.Errno
		e.lacks(p.up, p.path, want&^e.a.have(p.up))
		e.failed, e.v.Errno = failed, errno
	}
}

func (e *asking) deviceNode() {
	e.fail(unix.EACCES, DeviceNode, byLandlock)
	e.v.Reason, e.policy = DeviceNode, true
	e.v.EnforcedBy = byLandlock
	e.note("nothing in a sandbox may make, rename or link a device")
}

// removing answers for unlink(2) and rmdir(2).
func (e *asking) removing(op Op, p *place, errno unix.Errno) {
	isDir := op == Rmdir || p.node != nil && p.node.dir()
	want := carve.Create
	if isDir {
		want = carve.RemoveDir
	}
	if p.missing == 1 && e.a.disk.readOnly(p.up) {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if errno != 0 {
		e.unreachable(p, errno, want)
		return
	}
	if !p.named() {
		name := map[string]unix.Errno{".": unix.EINVAL, "..": unix.ENOTEMPTY, "/": unix.EBUSY}[p.last]
		e.fail(name, BadPath, byFiles)
		return
	}
	dir, n := p.up, p.node
	if e.a.disk.readOnly(dir) {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if op == Delete && p.slash && !isDir {
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		return
	}
	e.needs(dir, p.path, want)
	e.removable(dir, n)
	switch {
	case op == Rmdir && !n.dir():
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
	case e.a.disk.busy(n):
		e.fail(unix.EBUSY, MountPoint, byFiles)
	}
	if isDir && !e.failed {
		e.note("if it is empty")
	}
}

// removable follows the kernel's may_delete: the directory, the sticky bit and
// the file's own attributes.
func (e *asking) removable(dir, n *node) {
	e.writable(dir)
	const fixed = unix.STATX_ATTR_IMMUTABLE | unix.STATX_ATTR_APPEND
	sticky := dir.mode&unix.S_ISVTX != 0 && e.a.disk.euid != 0 &&
		int(n.uid) != e.a.disk.euid && int(dir.uid) != e.a.disk.euid
	// Of what is beneath a mount nothing is known, but that it is busy.
	if !n.mountPoint() && (sticky || n.attrs&fixed != 0) || dir.attrs&unix.STATX_ATTR_APPEND != 0 {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
	}
}
