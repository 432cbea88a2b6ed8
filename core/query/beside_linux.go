package query

import (
	"slices"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// BesideDenied is the note of a verdict about a name in a chain directory: the supervisor
// makes, removes or renames it.
const BesideDenied = "the supervisor does it, beside what is denied in that directory"

// besideDenied reports whether the supervisor makes, removes or renames target, a name in
// the chain directory n. n has lost the rights missing to a deny in it or beneath.
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
	// Writing to a directory means: making something new in it.
	itself := target == n.Path && (e.v.Op == Write || e.v.Op == ReadWrite) && missing&^(carve.Create|carve.WriteFile) == 0
	if !s.BesideDenied || !itself && spec.Parent(target) != n.Path {
		return false
	}
	names := byname.Of(s)
	chain := ""
	for _, at := range e.a.namesOf(n) {
		if chain == "" && names.Chain(at)&missing == missing {
			chain = at
		}
		if !itself && !names.Free(spec.Join(at, spec.Base(target))) {
			return false
		}
	}
	if chain == "" {
		return false
	}
	if e.v.Op == Symlink && e.misleads(n) {
		return false
	}
	if !itself {
		target = spec.Join(chain, spec.Base(target))
	}
	if !e.failed {
		e.v.Line = byname.Grant(s, target, missing&-missing)
		e.note(BesideDenied)
	}
	return true
}

// misleads reports whether no symlink is laid in the directory n, since n is a chain directory
// in which later sandboxes follow them, and notes so.
func (e *asking) misleads(n *paths.Node) bool {
	names := byname.Of(e.a.s)
	for _, at := range e.a.namesOf(n) {
		if line := byname.ListedBeneath(e.a.s, at); line != nil && names.Chain(at)&carve.Create != 0 {
			e.refuse(unix.EACCES, ChainDirectory, bySupervisor, line, "later sandboxes follow the symlinks in that directory, so no command lays one there")
			e.v.Category = categoryOf(line)
			return true
		}
	}
	return false
}

// namesOf returns the names by which the directory n may be a chain directory: its own name,
// and the others if it is mounted at several places.
func (a *Asker) namesOf(n *paths.Node) []string {
	if a.chains == nil {
		a.chains = map[carve.ID][]string{}
		known := map[string]bool{}
		for i := range a.s.Paths {
			for at := a.s.Paths[i].Path; at != "/" && !a.s.Paths[i].Kind.Grants(); {
				at = spec.Parent(at)
				var st unix.Stat_t
				if !known[at] && unix.Lstat(at, &st) == nil {
					id := carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}
					a.chains[id] = append(a.chains[id], at)
				}
				known[at] = true
			}
		}
	}
	all := a.chains[idOf(n)]
	if slices.Contains(all, n.Path) {
		return all
	}
	return append(all[:len(all):len(all)], n.Path)
}

// ownShm reports whether the supervisor makes target, a new name in /dev/shm.
func (e *asking) ownShm(n *paths.Node, target string) bool {
	switch e.v.Op {
	case Write, ReadWrite, Create, Mkdir:
	default:
		return false
	}
	if !e.a.s.PrivateShm || n.Path != paths.Shm || target != paths.Shm && spec.Parent(target) != paths.Shm {
		return false
	}
	if !e.failed {
		e.note("the supervisor makes it: shared memory of the command's own")
	}
	return true
}

// keptBeside answers for a move into or out of a chain directory, where the supervisor
// decides. It reports whether the move is one.
func (e *asking) keptBeside(from, to *paths.Place, src *paths.Node) bool {
	names, n := byname.Of(e.a.s), from.Node
	chain := func(dir *paths.Node) (string, bool) {
		for _, at := range e.a.namesOf(dir) {
			if names.Chain(at)&carve.Create != 0 {
				return at, true
			}
		}
		return dir.Path, false
	}
	source, out := chain(src)
	target, in := chain(to.Up)
	switch {
	case in && !out && !n.Is(unix.S_IFLNK):
		e.refuse(unix.EXDEV, NoReparenting, bySupervisor, nil, "what is granted with its directory would have no rights in one that something is denied in; copying works")
	case out && !in && !n.IsDir() && n.Nlink > 1:
		e.refuse(unix.EXDEV, NoReparenting, bySupervisor, nil, "it has another name, which could be a denied one; copying works")
	case in && out && names.Meant(spec.Join(target, spec.Base(to.Path)))&^names.Meant(spec.Join(source, spec.Base(from.Path))) != 0:
		e.refuse(unix.EXDEV, MoreRightsThere, bySupervisor, nil, "its new name would give it more rights; copying works")
	}
	return in || out
}
