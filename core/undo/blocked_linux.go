package undo

import (
	"slices"

	"golang.org/x/sys/unix"
)

// Reasons why a forced undo leaves something as it is. What is saved of it stays saved,
// and a later undo brings it back when the reason is gone.
const (
	noDirectory = "its directory was removed or replaced"
	inTheWay    = "another thing lies there now"
	inRunsOwn   = "somebody else put it into a directory that the run made"
)

// withoutPlace takes out of the plan what cannot come back without losing what somebody
// else put there since, and what has no directory to come back to.
func (p *plan) withoutPlace() {
	p.leaveOut(func(n *node) string {
		if err := n.saved().whole(p.h.store); err != nil {
			return err.Error()
		}
		if n.onlyMetadata() {
			if m, err := p.h.look(n.now()); err == nil && n.foreignLink(m) {
				return inTheWay // its metadata would become those of the other names too
			}
		}
		return ""
	})
	for before := -1; before != len(p.nodes); { // what stays may be in the way of another
		before = len(p.nodes)
		b := &blocks{plan: p, known: map[*node]bool{}, taken: map[slot]bool{}, inWay: map[*node]bool{}}
		p.leaveOut(b.why)
		p.leaveOut(func(n *node) string {
			if b.inWay[n] {
				return inTheWay
			}
			return ""
		})
	}
}

// onlyMetadata reports whether the run has left n's content alone.
func (n *node) onlyMetadata() bool {
	return !n.made() && !n.gone() && n.thing != nil && n.thing.first != nil && n.thing.content == nil && n.now() != ""
}

// leaveOut takes out of the plan what why gives a reason for.
func (p *plan) leaveOut(why func(*node) string) {
	p.nodes = slices.DeleteFunc(p.nodes, func(n *node) bool {
		reason := why(n)
		if reason != "" && !n.made() {
			p.stay = append(p.stay, Conflict{n.where(), reason})
		}
		return reason != ""
	})
	p.chosen = map[*node]bool{}
	for _, n := range p.nodes {
		p.chosen[n] = true
	}
}

// blocks finds what is in the way of a plan.
type blocks struct {
	*plan
	known map[*node]bool // see hasDirectory
	taken map[slot]bool  // where a node of the plan comes back to
	// inWay are directories that the run made, that hold what it did not make, and that lie
	// where something is to come back: they are still the run's to be removed then.
	inWay map[*node]bool
}

// A slot is a name in a directory from before the run.
type slot struct {
	home *node
	name string
}

// why says why n cannot be put right, or "".
func (b *blocks) why(n *node) string {
	if n.made() { // it may have gone with a directory that is elsewhere
		dir := n.in
		for dir != nil && dir.made() {
			dir = dir.in
		}
		if dir != nil && !b.hasDirectory(dir) {
			return noDirectory
		}
		return ""
	}
	switch {
	case n.home.made() && n.gone():
		return inRunsOwn
	case !b.hasDirectory(n.home):
		return noDirectory
	case !n.gone() && !n.moves():
		return b.replaced(n)
	}
	at := slot{n.home, n.homeName}
	if b.taken[at] || b.occupied(n) {
		return inTheWay
	}
	b.taken[at] = true
	return ""
}

// replaced tells of a thing that is to stay where it is whether that is of another kind
// now.
func (b *blocks) replaced(n *node) string {
	if n.isDir {
		if !b.hasDirectory(n) {
			return noDirectory
		}
		return ""
	}
	m, err := metaOf(n.now())
	if err == nil && n.thing != nil && n.thing.first != nil && !m.Is(n.thing.first.meta.Mode&unix.S_IFMT) {
		return inTheWay
	}
	return ""
}

// occupied reports whether something lies where n was that will not go.
func (b *blocks) occupied(n *node) bool {
	dir := b.future(n.home)
	if dir == "" {
		return false
	}
	path := beneath(dir, n.homeName)
	m, err := metaOf(path)
	switch {
	case err == unix.ENOENT:
		return false
	case err != nil:
		return true
	case n.isDir && n.gone() && m.Is(unix.S_IFDIR):
		return false // what was in it can come back into this one
	}
	o := b.h.at(path)
	if b.leaves(o, path, m) {
		return false
	}
	if o != nil && o.made() {
		b.inWay[o] = true
	}
	return true
}

// future is the path of today of the directory that will be d, "" where d is made anew.
func (b *blocks) future(d *node) string {
	switch {
	case d == b.h.root:
		return "/"
	case d.in != nil:
		return d.now()
	}
	dir := b.future(d.home)
	if dir == "" {
		return ""
	}
	path := beneath(dir, d.homeName)
	m, err := metaOf(path)
	if err != nil || !m.Is(unix.S_IFDIR) || b.leaves(b.h.at(path), path, m) {
		return ""
	}
	return path
}

// leaves reports whether the plan takes what lies at path, which is m, from there: all of
// it, if it is a directory.
func (b *blocks) leaves(n *node, path string, m *Meta) bool {
	if n == nil || !b.chosen[n] {
		return false
	}
	if !n.made() {
		return n.moves() && (n.id == ID{} || n.id == m.ID)
	}
	if n.left != nil && n.left.ID != m.ID {
		return false
	}
	if !m.Is(unix.S_IFDIR) {
		return true
	}
	names, err := namesIn(path)
	if err != nil {
		return false
	}
	for _, name := range names {
		in := beneath(path, name)
		m, err := metaOf(in)
		if err != nil || !b.leaves(n.kids[name], in, m) {
			return false
		}
	}
	return true
}

// hasDirectory reports whether d is a directory now, or will be one when the plan is done.
func (b *blocks) hasDirectory(d *node) bool {
	has, ok := b.known[d]
	if ok {
		return has
	}
	if b.chosen[d] && (d.gone() || d.moves()) {
		has = b.hasDirectory(d.home)
	} else {
		fd, err := OpenDir(d.now())
		has = err != unix.ENOENT // what else is wrong, the step that meets it says
		if err == nil {
			unix.Close(fd)
		}
	}
	b.known[d] = has
	return has
}

// back reports whether what lies where n is to come back, m, can be n, come back before
// this undo was interrupted. It is somebody else's otherwise.
func (p *plan) back(n *node, dir int, name string, m *Meta) (bool, error) {
	r, s := n.source()
	switch {
	case m.ID == n.id || r == nil || m.Is(unix.S_IFDIR) && n.isDir:
		return true, nil
	case !m.Is(r.meta.Mode & unix.S_IFMT):
		return false, nil
	case m.Is(unix.S_IFLNK) && n.removed != nil:
		target, err := readLink(dir, name)
		return target == n.removed.target, err
	case !m.Is(unix.S_IFREG) || m.Nlink > 1 || !s.exists():
		return true, nil // a link to another name, whose content comes later
	case m.Mode == r.meta.Mode && m.Size == s.size && m.Mtim == r.meta.Mtim:
		return true, nil // it got these before its name
	}
	return p.same(dir, name, m, s)
}
