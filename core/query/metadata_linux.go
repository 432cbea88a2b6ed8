package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// changing answers for a change of mode, owner, times or attributes. Landlock does not check
// these.
func (e *asking) changing(p *paths.Place, errno unix.Errno) {
	if errno != 0 || p.Node == nil {
		e.unreachable(p, errno, 0)
		return
	}
	if p.Node.ReadOnly() {
		e.fail(unix.EROFS, FilePermissions, byPermissions)
	}
	if uid := e.a.disk.EUID; uid != 0 && int(p.Node.UID) != uid {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
		e.note("only the owner of a file, and root, may change this")
	}
	if p.Node.Attrs&(unix.STATX_ATTR_IMMUTABLE|unix.STATX_ATTR_APPEND) != 0 {
		e.fail(unix.EPERM, FilePermissions, byPermissions)
		e.note("the file is immutable or append-only (chattr(1))")
	}
	if !e.a.s.Traps(spec.TrapHeldMetadata) {
		e.note("the kernel has no right for this: --hold-metadata keeps it from what may not be written")
		return
	}
	right := carve.WriteFile
	if p.Node.IsDir() {
		right = carve.Create
	}
	if byname.Of(e.a.s).Meant(p.Path)&carve.Changing == 0 {
		e.fail(unix.EPERM, NotInAllowedPaths, bySupervisor)
		e.policy, e.v.Lacking, e.v.EnforcedBy = true, p.Path, bySupervisor
		e.whyNot(p.Node, p.Path, right)
		return
	}
	if !e.failed {
		e.v.Line = byname.Grant(e.a.s, p.Path, right)
	}
}
