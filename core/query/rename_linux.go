package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// two answers for rename(2) and link(2).
func (e *asking) two(q Question) {
	d := e.a.disk
	link := q.Op == LinkTo
	from, errno := d.Walk(q.Path, link && strings.HasSuffix(q.Path, "/"))
	e.v.Resolved, e.v.Exists = from.Path, from.Node != nil
	if link && errno == 0 && from.Slash && !from.Node.IsDir() {
		errno = unix.ENOTDIR
	}
	if errno != 0 && !(errno == unix.ENOENT && from.Missing == 1 && !link) {
		e.unreachable(&from, errno, carve.Create)
		return
	}
	to, toErrno := d.Walk(q.To, false)
	if toErrno != 0 && (toErrno != unix.ENOENT || to.Missing != 1) {
		e.unreachable(&to, toErrno, carve.Create)
		return
	}
	if link {
		if from.Node.Parent != nil {
			from.Up = from.Node.Parent // also for "..", which is no name
		}
		e.linking(&from, &to)
		return
	}
	e.renaming(&from, &to, errno)
}

// linking does the checks of link(2).
func (e *asking) linking(from, to *paths.Place) {
	n := from.Node
	switch {
	case to.Node != nil:
		e.fail(unix.EEXIST, Exists, byFiles)
		return
	case to.Slash:
		e.fail(unix.ENOENT, BadPath, byFiles)
		return
	}
	if to.Up.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if n.Mount != to.Up.Mount {
		e.fail(unix.EXDEV, OtherMount, byFiles)
		return
	}
	if !e.mayLink(n) {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
	}
	e.refer(from, to, 0, carve.Create)
	e.writable(to.Up)
	switch {
	case n.Attrs&(unix.STATX_ATTR_IMMUTABLE|unix.STATX_ATTR_APPEND) != 0:
		e.fail(unix.EPERM, FilePermissions, byPermissions)
	case n.IsDir():
		e.fail(unix.EPERM, NotSuitable, byFiles)
	}
}

// mayLink does the checks of protected_hardlinks (proc_sys_fs(5)).
func (e *asking) mayLink(n *paths.Node) bool {
	d := e.a.disk
	if d.EUID == 0 || int(n.UID) == d.EUID || !paths.Setting("/proc/sys/fs/protected_hardlinks") {
		return true
	}
	const groupExec = unix.S_ISGID | unix.S_IXGRP
	return n.Is(unix.S_IFREG) && n.Mode&unix.S_ISUID == 0 && n.Mode&groupExec != groupExec &&
		d.Access(n, unix.R_OK|unix.W_OK) == 0
}

// renaming does the checks of rename(2).
func (e *asking) renaming(from, to *paths.Place, errno unix.Errno) {
	n := from.Node
	if from.Up.Mount != to.Up.Mount {
		e.fail(unix.EXDEV, OtherMount, byFiles)
		return
	}
	if !from.Named() || !to.Named() {
		e.fail(unix.EBUSY, BadPath, byFiles)
		return
	}
	if from.Up.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if errno != 0 {
		e.unreachable(from, errno, carve.Create)
		return
	}
	switch {
	case !n.IsDir() && (from.Slash || to.Slash):
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		return
	case spec.Beneath(to.Up.Path, from.Path) || to.Up == n:
		e.fail(unix.EINVAL, BadPath, byFiles)
		return
	case to.Node != nil && (spec.Beneath(from.Up.Path, to.Path) || from.Up == to.Node):
		e.fail(unix.ENOTEMPTY, Exists, byFiles)
		return
	}
	remove, add := removal(n), carve.Create
	if to.Node != nil {
		add |= removal(to.Node)
	}
	e.refer(from, to, remove, add)
	if to.Node == n || to.Node != nil && idOf(to.Node) == idOf(n) && !n.IsMountPoint() && !to.Node.IsMountPoint() {
		return // two names of one file: rename(2) does nothing
	}
	e.moving(from, to)
}

// removal returns the right that is needed to remove the name of n.
func removal(n *paths.Node) carve.Rights {
	if n.IsDir() {
		return carve.RemoveDir
	}
	return carve.Create
}

// OverlayDirectory is the note of a verdict about renaming a directory on overlayfs. Without
// the option redirect_dir, a directory of a lower layer cannot be renamed (EXDEV; the
// kernel's documentation of overlayfs), and nobody can see which layer has a directory.
const OverlayDirectory = "on overlayfs a directory of a lower layer cannot be renamed: copying works"

// moving does the checks of the kernel's vfs_rename.
func (e *asking) moving(from, to *paths.Place) {
	n, over := from.Node, to.Node
	e.removable(from.Up, n)
	if over == nil {
		e.writable(to.Up)
	} else {
		e.removable(to.Up, over)
		switch {
		case n.IsDir() && !over.IsDir():
			e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		case !n.IsDir() && over.IsDir():
			e.fail(unix.EISDIR, IsADirectory, byFiles)
		}
	}
	if n.IsDir() && from.Up != to.Up && !n.IsMountPoint() {
		if errno := e.a.disk.Access(n, unix.W_OK); errno != 0 {
			e.fail(errno, FilePermissions, byPermissions)
		}
	}
	if d := e.a.disk; d.Busy(n) || over != nil && d.Busy(over) {
		e.fail(unix.EBUSY, MountPoint, byFiles)
	}
	if n.IsDir() && !e.failed && n.OnOverlay() {
		e.note(OverlayDirectory)
	}
	if over != nil && over.IsDir() && !e.failed {
		e.note("if " + fault.Quote(over.Path) + " is empty")
	}
}

// refer does the checks of Landlock for a rename or link (security/landlock/fs.c,
// current_check_refer_path): rights at both ends and, between two directories, that the
// file gains no right by the move.
func (e *asking) refer(from, to *paths.Place, remove, add carve.Rights) {
	n := from.Node
	e.v.Line = nil
	// The file under a mount point is unknown; a mount point is busy in any case.
	if n.IsDevice() && !n.IsMountPoint() {
		e.deviceNode()
		return
	}
	if e.a.s.BesideDenied && n.Is(unix.S_IFLNK) && byname.Of(e.a.s).Free(to.Path) && e.misleads(to.Up) {
		return
	}
	if from.Up == to.Up {
		e.needs(to.Up, to.Path, add)
		e.needs(from.Up, from.Path, remove)
		return
	}
	src := from.Up
	if remove == 0 && n.Mount != src.Mount {
		src = n // a link of the top of a mount: it counts as its own directory
	}
	if !e.needs(src, from.Path, remove) || !e.needs(to.Up, to.Path, add) {
		return
	}
	if e.a.s.BesideDenied && e.keptBeside(from, to, src) {
		return
	}
	if e.a.abi < kernel.ABIRefer {
		e.refuse(unix.EXDEV, NoReparenting, byLandlock, nil, "it needs "+kernel.Needs(kernel.ABIRefer)+"; copying works")
		return
	}
	if e.a.have(src)&carve.Create == 0 {
		e.fail(unix.EXDEV, NotInAllowedPaths, byLandlock)
		e.lacks(src, from.Path, carve.Create)
		return
	}
	gained := e.a.haveBelowRoot(to.Up) &^ (e.a.haveBelowRoot(src) | e.a.rules.own(n)) & handled(e.a.s, e.a.abi)
	if !n.IsDir() {
		gained &= carve.OfFiles
	}
	if gained != 0 {
		e.refuse(unix.EXDEV, MoreRightsThere, byLandlock, e.a.because(to.Up, gained&-gained),
			"it could be "+words(gained)+" there and cannot here; copying works")
	}
}

// words returns the names of rights, for people.
func words(r carve.Rights) string {
	var all []string
	for _, w := range [...]struct {
		right carve.Rights
		word  string
	}{{carve.ReadFile, "read"}, {carve.Execute, "executed"}, {carve.WriteFile, "written"}, {carve.Ioctl, "controlled"},
		{carve.ConnectUnix, "connected to"}, {carve.List, "listed"}, {carve.Create, "added to"}, {carve.RemoveDir, "emptied of directories"}} {
		if r&w.right != 0 {
			all = append(all, w.word)
		}
	}
	return strings.Join(all, ", ")
}
