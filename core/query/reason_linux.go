package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// because notes the line that grants want at n. If no line grants all of it, because notes
// two lines, for reading and for writing.
func (e *asking) because(n *paths.Node, want carve.Rights) {
	if e.v.Line = e.a.because(n, want); e.v.Line != nil {
		return
	}
	reading, writing := want&^carve.Changing, want&carve.Changing
	if reading != 0 && writing != 0 {
		e.v.Line, e.v.Also = e.a.because(n, reading), e.a.because(n, writing)
	}
}

// whyNot notes why the rights missing are not granted at n, for the path target.
func (e *asking) whyNot(n *paths.Node, target string, missing carve.Rights) {
	s := e.a.s
	// The lowest right gives the reason: reading before writing before removing.
	right := missing & -missing
	deny, grant := byname.Deny(s, target, right), byname.Grant(s, target, right)
	if deny != nil && grant != nil && len(grant.Path) >= len(deny.Path) {
		deny = nil
	}
	if deny == nil && grant != nil {
		if alias := e.a.deniedAlias(n, right); alias != nil && !spec.Within(target, alias.Path) {
			deny = alias
			e.v.Note = "it is another name of " + fault.Quote(alias.Path)
		}
	}
	switch {
	case deny != nil:
		e.v.Reason, e.v.Line, e.v.Category = SensitivePath, deny, categoryOf(deny)
		if blocked(deny) {
			e.v.Reason = BlockedCommand
		}
	case grant != nil:
		e.v.Reason, e.v.Line = ChainDirectory, byname.DenyBeneath(s, n.Path, right)
		if e.v.Line != nil {
			e.v.Category = categoryOf(e.v.Line)
		}
	case right == carve.RemoveDir && !s.Rmdir && byname.Grant(s, target, carve.Create) != nil:
		e.v.Reason, e.v.Line = RmdirBlocked, byname.Grant(s, target, carve.Create)
		if s.RmdirOwn {
			e.note("directories that the command makes itself can be removed and renamed")
		}
	default:
		if s.PrivateShm && spec.Beneath(target, paths.Shm) {
			e.note("--private-shm gives what the command makes there itself")
		}
		e.v.Reason, e.v.Line = NotInAllowedPaths, byname.AnyGrant(s, target)
		if e.v.Line != nil {
			e.v.Reason = InsufficientAccess
		}
	}
}
