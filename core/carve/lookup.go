package carve

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// A Lookup tells the rights that the rules of a spec give at one path. It reads only the
// lines and the path, and lists no directory: inside a sandbox, many directories cannot be
// listed. It differs from Rules for hard links and bind mounts.
type Lookup struct {
	root  *node
	rmdir bool
	fits  func(*spec.Path) bool
	dir   func(path string) bool
}

// NewLookup returns a Lookup for s. fits reports whether the path of a grant exists and has
// the right kind; dir reports whether a path is an existing directory.
func NewLookup(s *spec.Spec, fits func(*spec.Path) bool, dir func(path string) bool) *Lookup {
	return &Lookup{newTree(s), s.Rmdir, fits, dir}
}

// At returns the rights of the rule for path itself, or 0 if there would be no rule. The
// rules for directories above path are not included. path is absolute and has no symlinks.
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
			// The spec does not name this entry: it gets the rest as one rule, for itself
			// and everything beneath.
			whole, rest = rest, 0
		} else {
			whole, rest = l.step(n, rest)
		}
	}
	return whole
}

// step computes for one node what walk.visit computes.
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
