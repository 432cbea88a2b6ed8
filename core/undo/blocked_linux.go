package undo

import (
	"slices"

	"golang.org/x/sys/unix"
)

// withoutDirectory takes out of the plan what has no directory to come back to: somebody
// removed the directory, or put another thing in its place. What is saved stays saved, and
// a later undo brings it back when the directory is there again.
func (p *plan) withoutDirectory() {
	known := map[*node]bool{}
	p.nodes = slices.DeleteFunc(p.nodes, func(n *node) bool {
		dir := n.home
		if n.made() { // what the run made may have gone with a directory that is elsewhere
			for dir = n.in; dir != nil && dir.made(); dir = dir.in {
			}
		}
		if dir == nil || p.hasDirectory(dir, known) && (n.made() || n.gone() || n.moves() || !n.isDir || p.hasDirectory(n, known)) {
			return false
		}
		if n.made() {
			return true
		}
		p.stay = append(p.stay, n.was())
		return true
	})
	p.chosen = map[*node]bool{}
	for _, n := range p.nodes {
		p.chosen[n] = true
	}
}

// hasDirectory reports whether d is a directory now, or will be one when the plan is done.
func (p *plan) hasDirectory(d *node, known map[*node]bool) bool {
	has, ok := known[d]
	if ok {
		return has
	}
	if p.chosen[d] && (d.gone() || d.moves()) {
		has = p.hasDirectory(d.home, known)
	} else {
		fd, err := OpenDir(d.now())
		has = err != unix.ENOENT // what else is wrong, the step that meets it says
		if err == nil {
			unix.Close(fd)
		}
	}
	known[d] = has
	return has
}
