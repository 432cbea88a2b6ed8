package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// BesideDenied is the note of a verdict on a name that the supervisor makes, removes or
// renames, since its directory has lost the right.
const BesideDenied = "the supervisor does it, beside what is denied in that directory"

// besideDenied reports whether the supervisor makes, removes or renames target, a name in
// the directory n, which has lost the missing rights to what is denied in it or beneath.
func (e *asking) besideDenied(n *paths.Node, target string, missing carve.Rights) bool {
	s := e.a.s
	if e.ownShm(n, target) {
		return true
	}
	switch e.v.Op {
	case Write, ReadWrite, Create, Mkdir, Mkfifo, Symlink, Delete, Rmdir, RenameTo, LinkTo:
	default:
		return false
	}
	// Of a directory itself the question is whether something new can be made in it.
	itself := target == n.Path && (e.v.Op == Write || e.v.Op == ReadWrite) && missing&^(carve.Create|carve.WriteFile) == 0
	if !s.BesideDenied || !itself && spec.Parent(target) != n.Path {
		return false
	}
	names := NamesOf(s)
	if names.Chain(n.Path)&missing != missing || !itself && !names.Free(target) {
		return false
	}
	if !e.failed {
		e.v.Line = grantOf(s, target, missing&-missing)
		e.note(BesideDenied)
	}
	return true
}

// ownShm reports whether the supervisor makes target, a new name in n, which is the
// directory of shared memory.
func (e *asking) ownShm(n *paths.Node, target string) bool {
	switch e.v.Op {
	case Write, ReadWrite, Create, Mkdir:
	default:
		return false
	}
	if !e.a.s.PrivateShm || n.Path != Shm || target != Shm && spec.Parent(target) != Shm {
		return false
	}
	if !e.failed {
		e.note("the supervisor makes it: shared memory of the command's own")
	}
	return true
}
