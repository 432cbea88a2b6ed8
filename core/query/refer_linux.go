package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// two answers for rename(2) and link(2).
func (e *asking) two(q Question) {
	d := e.a.disk
	link := q.Op == LinkTo
	from, errno := d.walk(q.Path, link && strings.HasSuffix(q.Path, "/"))
	e.v.Resolved, e.v.Exists = from.path, from.node != nil
	if link && errno == 0 && from.slash && !from.node.dir() {
		errno = unix.ENOTDIR
	}
	if errno != 0 && !(errno == unix.ENOENT && from.missing == 1 && !link) {
		e.unreachable(&from, errno, carve.Create)
		return
	}
	to, toErrno := d.walk(q.To, false)
	if toErrno != 0 && (toErrno != unix.ENOENT || to.missing != 1) {
		e.unreachable(&to, toErrno, carve.Create)
		return
	}
	if link {
		if from.node.parent != nil {
			from.up = from.node.parent // also of "..", which here is a thing and no name
		}
		e.linking(&from, &to)
		return
	}
	e.renaming(&from, &to, errno)
}

// linking follows link(2).
func (e *asking) linking(from, to *place) {
	d, n := e.a.disk, from.node
	switch {
	case to.node != nil:
		e.fail(unix.EEXIST, Exists, byFiles)
		return
	case to.slash:
		e.fail(unix.ENOENT, BadPath, byFiles)
		return
	}
	if d.readOnly(to.up) {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if n.mount != to.up.mount {
		e.fail(unix.EXDEV, OtherMount, byFiles)
		return
	}
	if !e.mayLink(n) {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
	}
	e.refer(from, to, 0, carve.Create)
	e.writable(to.up)
	switch {
	case n.attrs&(unix.STATX_ATTR_IMMUTABLE|unix.STATX_ATTR_APPEND) != 0:
		e.fail(unix.EPERM, FilePermissions, byPermissions)
	case n.dir():
		e.fail(unix.EPERM, NotSuitable, byFiles)
	}
}

// mayLink is Linux's protected_hardlinks (proc_sys_fs(5)).
func (e *asking) mayLink(n *node) bool {
	d := e.a.disk
	if !d.protectHardlinks || d.euid == 0 || int(n.uid) == d.euid {
		return true
	}
	const groupExec = unix.S_ISGID | unix.S_IXGRP
	return n.is(unix.S_IFREG) && n.mode&unix.S_ISUID == 0 && n.mode&groupExec != groupExec &&
		d.access(n, unix.R_OK|unix.W_OK) == 0
}

// renaming follows rename(2).
func (e *asking) renaming(from, to *place, errno unix.Errno) {
	d, n := e.a.disk, from.node
	if from.up.mount != to.up.mount {
		e.fail(unix.EXDEV, OtherMount, byFiles)
		return
	}
	if !from.named() || !to.named() {
		e.fail(unix.EBUSY, BadPath, byFiles)
		return
	}
	if d.readOnly(from.up) {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if errno != 0 {
		e.unreachable(from, errno, carve.Create)
		return
	}
	switch {
	case !n.dir() && (from.slash || to.slash):
		e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		return
	case spec.Beneath(to.up.path, from.path) || to.up == n:
		e.fail(unix.EINVAL, BadPath, byFiles)
		return
	case to.node != nil && (spec.Beneath(from.up.path, to.path) || from.up == to.node):
		e.fail(unix.ENOTEMPTY, Exists, byFiles)
		return
	}
	remove, add := removal(n), carve.Create
	if to.node != nil {
		add |= removal(to.node)
	}
	e.refer(from, to, remove, add)
	if to.node == n || to.node != nil && to.node.id == n.id && !n.mountPoint() && !to.node.mountPoint() {
		return // two names of one thing: nothing is done
	}
	e.moving(from, to)
}

// removal is what taking away the name of n needs.
func removal(n *node) carve.Rights {
	if n.dir() {
		return carve.RemoveDir
	}
	return carve.Create
}

// moving follows the kernel's vfs_rename.
func (e *asking) moving(from, to *place) {
	n, over := from.node, to.node
	e.removable(from.up, n)
	if over == nil {
		e.writable(to.up)
	} else {
		e.removable(to.up, over)
		switch {
		case n.dir() && !over.dir():
			e.fail(unix.ENOTDIR, NotADirectory, byFiles)
		case !n.dir() && over.dir():
			e.fail(unix.EISDIR, IsADirectory, byFiles)
		}
	}
	if n.dir() && from.up != to.up && !n.mountPoint() {
		if errno := e.a.disk.access(n, unix.W_OK); errno != 0 {
			e.fail(errno, FilePermissions, byPermissions)
		}
	}
	if d := e.a.disk; d.busy(n) || over != nil && d.busy(over) {
		e.fail(unix.EBUSY, MountPoint, byFiles)
	}
	if over != nil && over.dir() && !e.failed {
		e.note("if " + fault.Quote(over.path) + " is empty")
	}
}

// refer follows Landlock's check of a rename or link (security/landlock/fs.c,
// current_check_refer_path): rights at both ends and, between two directories,
// that the thing gains none by the move.
func (e *asking) refer(from, to *place, remove, add carve.Rights) {
	n := from.node
	e.v.Line = nil
	// What is beneath a mount is not known; it is no device, or as busy.
	if n.device() && !n.mountPoint() {
		e.deviceNode()
		return
	}
	if from.up == to.up {
		e.needs(to.up, to.path, add)
		e.needs(from.up, from.path, remove)
		return
	}
	src := from.up
	if remove == 0 && n.mount != src.mount {
		src = n // the top of a mount, linked: it counts as its own directory
	}
	if !e.needs(src, from.path, remove) || !e.needs(to.up, to.path, add) {
		return
	}
	if e.a.abi < kernel.ABIRefer {
		e.fail(unix.EXDEV, NoReparenting, byLandlock)
		e.policy = true
		e.v.Reason, e.v.EnforcedBy, e.v.Line = NoReparenting, byLandlock, nil
		e.note("it takes " + kernel.Needs(kernel.ABIRefer) + "; copying works")
		return
	}
	if e.a.have(src)&carve.Create == 0 {
		e.fail(unix.EXDEV, NotInAllowedPaths, byLandlock)
		e.lacks(src, from.path, carve.Create)
		return
	}
	gained := e.a.haveBelowRoot(to.up) &^ (e.a.haveBelowRoot(src) | e.a.rules.own(n)) & handled(e.a.s, e.a.abi)
	if !n.dir() {
		gained &= carve.OfFiles
	}
	if gained != 0 {
		e.fail(unix.EXDEV, MoreRightsThere, byLandlock)
		e.policy = true
		e.v.Reason, e.v.EnforcedBy = MoreRightsThere, byLandlock
		e.v.Line = e.a.because(to.up, gained&-gained)
		e.note("it could be " + words(gained) + " there and cannot here; copying works")
	}
}

// words names rights for people.
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
