package query

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"golang.org/x/sys/unix"
)

// entry checks whether a name can be added to the directory dir: first Landlock, then the
// file permissions.
func (e *asking) entry(dir *paths.Node, target string, want carve.Rights) {
	if dir.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	e.needs(dir, target, want)
	e.writable(dir)
}

func (e *asking) writable(dir *paths.Node) {
	if errno := e.a.disk.Access(dir, unix.W_OK|unix.X_OK); errno != 0 {
		e.fail(errno, FilePermissions, byPermissions)
		e.plain = "the mode of " + fault.Quote(dir.Path) + " is " + mode(dir) + ", and it belongs to user " + strconv.Itoa(int(dir.UID))
	}
}

// making answers for open(2) with O_CREAT of a missing name.
func (e *asking) making(p *paths.Place, read bool) {
	if p.Slash {
		e.fail(unix.EISDIR, BadPath, byFiles)
		return
	}
	if p.Up.InProcfs() {
		e.fail(unix.ENOENT, DoesNotExist, byFiles)
		return
	}
	want := carve.Create | carve.WriteFile
	if read {
		want |= carve.ReadFile
	}
	if denies(e.a, p.Path, want) && e.a.have(p.Up)&want == want {
		// The kernel enforces a deny of a missing file by missing rights of its directory.
		// Here another line gives the directory these rights.
		e.v.Note = "a deny of this name does not hold here"
	}
	e.entry(p.Up, p.Path, want)
}

// creating answers for system calls that make a name.
func (e *asking) creating(op Op, p *paths.Place, errno unix.Errno) {
	if e.refusedAtOnce(op) {
		return
	}
	if op == Create && p.Slash {
		e.policyOf(p, carve.Create)
		e.fail(unix.EISDIR, BadPath, byFiles)
		return
	}
	switch {
	case errno != 0 && (errno != unix.ENOENT || p.Missing != 1):
		e.unreachable(p, errno, carve.Create)
		return
	case p.Node != nil:
		e.fail(unix.EEXIST, Exists, byFiles)
		return
	case p.Slash && op != Mkdir:
		e.fail(unix.ENOENT, BadPath, byFiles)
		return
	}
	if p.Up.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	switch op {
	case Mkdev:
		e.deviceNode()
		return
	case Create:
		e.entry(p.Up, p.Path, carve.Create|carve.WriteFile)
	default:
		e.entry(p.Up, p.Path, carve.Create)
	}
}

// policyOf notes the reason of the policy, if there is one, and keeps the errno.
func (e *asking) policyOf(p *paths.Place, want carve.Rights) {
	if p.Up != nil && want&^e.a.have(p.Up) != 0 {
		failed, errno := e.failed, e.v.Errno
		e.lacks(p.Up, p.Path, want&^e.a.have(p.Up))
		e.failed, e.v.Errno = failed, errno
	}
}

func (e *asking) deviceNode() {
	e.refuse(unix.EACCES, DeviceNode, byLandlock, e.v.Line, "nothing in a sandbox may make, rename or link a device")
}

// removing answers for unlink(2) and rmdir(2).
func (e *asking) removing(op Op, p *paths.Place, errno unix.Errno) {
	isDir := op == Rmdir || p.Node != nil && p.Node.IsDir()
	want := carve.Create
	if isDir {
		want = carve.RemoveDir
	}
	if p.Missing == 1 && p.Up.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if errno != 0 {
		e.unreachable(p, errno, want)
		return
	}
	if !p.Named() {
		name := map[string]unix.Errno{".": unix.EINVAL, "..": unix.ENOTEMPTY, "/": unix.EBUSY}[p.Last]
		e.fail(name, BadPath, byFiles)
		return
	}
	dir, n := p.Up, p.Node
	if dir.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if op == Delete && p.Slash && !isDir {
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		return
	}
	e.needs(dir, p.Path, want)
	e.removable(dir, n)
	switch {
	case op == Rmdir && !n.IsDir():
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
	case e.a.disk.Busy(n):
		e.fail(unix.EBUSY, MountPoint, byFiles)
	}
	if isDir && !e.failed {
		e.note("if it is empty")
	}
}

// removable does the checks of the kernel's may_delete: the directory, the sticky bit and
// the attributes of the file.
func (e *asking) removable(dir, n *paths.Node) {
	e.writable(dir)
	const fixed = unix.STATX_ATTR_IMMUTABLE | unix.STATX_ATTR_APPEND
	sticky := dir.Mode&unix.S_ISVTX != 0 && e.a.disk.EUID != 0 &&
		int(n.UID) != e.a.disk.EUID && int(dir.UID) != e.a.disk.EUID
	// The file under a mount point is unknown; it is busy in any case.
	if !n.IsMountPoint() && (sticky || n.Attrs&fixed != 0) || dir.Attrs&unix.STATX_ATTR_APPEND != 0 {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
	}
}
