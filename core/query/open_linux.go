package query

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// using answers for operations on an existing file.
func (e *asking) using(op Op, p *paths.Place, errno unix.Errno) {
	if op == Metadata {
		e.changing(p, errno)
		return
	}
	if p.Node != nil && errno == 0 && op != Truncate && e.a.within(p.Node, p.Own) && !e.refusedAtOnce(op) {
		e.kept(unix.EACCES)
		return
	}
	if p.Node != nil && p.Node.IsDir() && errno == 0 && e.directory(op, p) {
		return
	}
	if p.Missing == 1 && errno == unix.ENOENT && (op == Write || op == ReadWrite) {
		e.making(p, op == ReadWrite)
		return
	}
	if errno == unix.ENOENT && p.Slashed && (op == Write || op == ReadWrite) {
		e.fail(unix.EISDIR, BadPath, byFiles)
	}
	want, mode := wants(op)
	if e.refusedAtOnce(op) {
		return
	}
	if errno != 0 || p.Node == nil {
		e.unreachable(p, errno, want)
		return
	}
	n := p.Node
	if op == Ioctl && !n.IsDevice() {
		want = carve.ReadFile
	}
	switch op {
	case List:
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		return
	case Truncate:
		e.truncating(p)
		return
	case Execute:
		e.executing(p, 0)
		return
	case Connect:
		e.connecting(p)
		return
	}
	e.opening(op, p, want, mode)
}

// opening answers for open(2) of an existing file, and for ioctl(2) on it.
func (e *asking) opening(op Op, p *paths.Place, want carve.Rights, mode uint32) {
	n := p.Node
	e.permissions(n, mode)
	e.needs(n, p.Path, want)
	if errno := e.a.outside(n, p.Own); errno != 0 {
		e.kept(errno)
	}
	if privileged(n) {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
		e.note("it takes a privilege that nothing in a sandbox has")
	}
	switch {
	case n.Is(unix.S_IFSOCK):
		e.fail(unix.ENXIO, NotSuitable, byFiles)
		e.note("a socket is connected to, not opened: --unix-socket asks about that")
	case op == Ioctl && !n.IsDevice():
		e.fail(unix.ENOTTY, NotSuitable, byFiles)
	case op == Ioctl && e.a.abi < kernel.ABIIoctl:
		e.v.Reason, e.v.Line = NotEnforced, nil
		e.note("ioctl needs no right on this kernel: Landlock ABI 5 brought it")
	}
}

// refusedAtOnce answers for calls that seccomp refuses before the kernel looks at a path.
func (e *asking) refusedAtOnce(op Op) bool {
	switch {
	case op == Truncate && e.a.abi < kernel.ABITruncate:
		e.fail(unix.EPERM, TruncateRefused, bySeccomp)
		e.note("truncate(2) is refused on kernels before " + kernel.ByABI(kernel.ABITruncate).Linux +
			"; opening with O_TRUNC works where writing does")
	case (op == Connect || op == Mksock) && e.a.abi < kernel.ABIUnix && !e.a.s.UnixSockets && !e.a.s.Traps(spec.TrapSockets):
		e.fail(unix.EPERM, UnixSocketBlocked, bySeccomp)
		if op == Mksock {
			e.note("this kernel cannot tell one Unix socket from another, so none can be made but connected pairs")
		}
	default:
		return false
	}
	e.policy = true
	return true
}

// wants returns the rights of Landlock and the file permissions that an operation needs.
func wants(op Op) (carve.Rights, uint32) {
	switch op {
	case Write, Truncate:
		return carve.WriteFile, unix.W_OK
	case ReadWrite:
		return carve.ReadFile | carve.WriteFile, unix.R_OK | unix.W_OK
	case Execute:
		return carve.Execute, unix.X_OK
	case List:
		return carve.List, unix.R_OK
	case Ioctl:
		return carve.ReadFile | carve.Ioctl, unix.R_OK
	case Connect:
		return carve.ConnectUnix, unix.W_OK
	}
	return carve.ReadFile, unix.R_OK
}

// directory answers for op on a directory, and reports whether it has answered.
func (e *asking) directory(op Op, p *paths.Place) bool {
	switch op {
	case Read, List:
		e.permissions(p.Node, unix.R_OK)
		e.needs(p.Node, p.Path, carve.List)
	case Write, ReadWrite:
		if op == ReadWrite {
			e.permissions(p.Node, unix.R_OK)
			e.needs(p.Node, p.Path, carve.List)
		}
		e.entry(p.Node, p.Path, carve.Create|carve.WriteFile)
		e.note("of a directory: whether something new can be made in it")
	case Execute:
		if errno := e.a.disk.Access(p.Node, unix.X_OK); errno != 0 {
			e.fail(errno, FilePermissions, byPermissions)
		}
		e.note("of a directory: whether it can be searched, which is never restricted")
	case Ioctl:
		e.permissions(p.Node, unix.R_OK)
		e.needs(p.Node, p.Path, carve.List)
		e.fail(unix.ENOTTY, NotSuitable, byFiles)
	case Truncate:
		if !e.refusedAtOnce(op) {
			e.fail(unix.EISDIR, IsADirectory, byFiles)
		}
	case Connect:
		return false
	}
	return true
}

// permissions does the checks of open(2) that come before Landlock.
func (e *asking) permissions(n *paths.Node, mode uint32) {
	d := e.a.disk
	if n.IsDevice() && n.MountFlags()&unix.ST_NODEV != 0 {
		e.fail(unix.EACCES, FilePermissions, byPermissions)
	}
	if errno := d.Access(n, mode); errno != 0 {
		e.forbidden(n, errno)
	}
	if mode&unix.W_OK != 0 && n.Attrs&unix.STATX_ATTR_APPEND != 0 {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
		e.note("it can be appended to only")
	}
}

// forbidden notes that the file permissions of n, or its mount, forbid it.
func (e *asking) forbidden(n *paths.Node, errno unix.Errno) {
	e.fail(errno, FilePermissions, byPermissions)
	if errno == unix.EROFS {
		e.plain = "its file system is mounted for reading only"
	} else if errno == unix.EACCES || errno == unix.EPERM {
		e.plain = "its mode is " + mode(n) + ", and it belongs to user " + strconv.Itoa(int(n.UID))
	}
}

// mode returns the mode of n in the form of chmod(1).
func mode(n *paths.Node) string {
	digits := strconv.FormatUint(uint64(n.Mode&0o7777), 8)
	return "0000"[:max(1, 4-len(digits))] + digits
}

// truncating does the checks of truncate(2).
func (e *asking) truncating(p *paths.Place) {
	n := p.Node
	if !n.Is(unix.S_IFREG) {
		e.fail(unix.EINVAL, NotSuitable, byFiles)
		return
	}
	if n.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	e.permissions(n, unix.W_OK)
	e.needs(n, p.Path, carve.WriteFile)
}

// connecting does the checks of connect(2) to a Unix socket.
func (e *asking) connecting(p *paths.Place) {
	n := p.Node
	// connect(2) also works on a read-only mount.
	if errno := e.a.disk.Access(n, unix.W_OK); errno != 0 && errno != unix.EROFS {
		e.fail(errno, FilePermissions, byPermissions)
	}
	if !n.Is(unix.S_IFSOCK) {
		e.fail(unix.ECONNREFUSED, NotSuitable, byFiles)
	}
	if !e.a.s.UnixSockets && !e.needs(n, p.Path, carve.ConnectUnix) && !e.v.sensitive() {
		e.v.Reason = UnixSocketBlocked
		e.note("servers started inside can be connected to all the same")
	}
	if e.v.EnforcedBy == byLandlock && e.a.abi < kernel.ABIUnix {
		e.v.EnforcedBy = bySupervisor
	}
}

func (v *Verdict) sensitive() bool { return v.Reason == SensitivePath || v.Reason == BlockedCommand }

// note sets the note, unless there is one.
func (e *asking) note(text string) {
	if e.v.Note == "" {
		e.v.Note = text
	}
}
