package carve

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// A Lookup tells what the rules of a spec come to at one path, from the lines and
// by names alone: no directory is listed, which inside of a sandbox cannot be done,
// and nothing else than the path is looked at. It differs from Rules in what hard
// links and bind mounts do.
type Lookup struct {
	root  *node
	rmdir bool
	fits  func(*spec.Path) bool
	dir   func(path string) bool
}

// NewLookup returns a Lookup for s. fits says whether what a grant names is there
// and of the right kind, dir whether a path is an existing directory.
func NewLookup(s *spec.Spec, fits func(*spec.Path) bool, dir func(path string) bool) *Lookup {
	return &Lookup{newTree(s), s.Rmdir, fits, dir}
}

// At returns the rights of the rule on path itself, which is absolute and without
// symlinks: 0 where there would be none. What the rules above it give is not
// counted.
func (l *Lookup) At(path string) Rights {
	n := l.root
	whole, rest := l.step(n, 0)
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		switch {
		case name == "":
			return whole
		case n != nil:
			n = n.find(name)
		}
		if n == nil {
			// An entry that the spec does not name gets what is left, and what
			// is beneath has it from there.
			whole, rest = rest, 0
		} else {
			whole, rest = l.step(n, rest)
		}
	}
	return whole
}

// step does at one node what the carve does there.
func (l *Lookup) step(n *node, from Rights) (whole, rest Rights) {
	have := n.left(from)
	for _, p := range n.lines {
		if l.fits(p) {
			have |= Granted(p.Kind, l.rmdir)
		}
	}
	return n.split(have, have&List != 0 && n.denyBelow && l.deniedDir(n))
}

// deniedDir reports whether a denied directory exists beneath n.
func (l *Lookup) deniedDir(n *node) bool {
	for _, k := range n.kids {
		if k.deny && l.dir(k.path) || k.denyBelow && l.deniedDir(k) {
			return true
		}
	}
	return false
}
