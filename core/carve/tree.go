package carve

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// node is a path that the spec names, or one on the way to such a path.
type node struct {
	path  string // absolute; a prefix of some line's path
	kids  []*node
	index map[string]*node // kids by name, once they are many

	lines     []*spec.Path // the grants at exactly this path
	granted   Rights       // their rights together
	deny      bool
	denyWrite bool

	// Denies strictly beneath, by name: the paths may be missing.
	denyBelow      bool
	denyWriteBelow bool
	// deniedDirBelow: a denied directory exists beneath. walk.survey sets it.
	deniedDirBelow bool
}

// newTree builds the tree of all the paths that s names.
func newTree(s *spec.Spec) *node {
	root := &node{path: "/"}
	for i := range s.Paths {
		root.add(&s.Paths[i], s.Rmdir)
	}
	return root
}

// add adds one line to the tree beneath root.
func (root *node) add(p *spec.Path, rmdir bool) {
	n := root
	for end := 0; p.Path != "/" && end < len(p.Path); {
		switch p.Kind {
		case spec.Deny:
			n.denyBelow = true
		case spec.DenyWrite:
			n.denyWriteBelow = true
		}
		start := end + 1
		if end = strings.IndexByte(p.Path[start:], '/'); end < 0 {
			end = len(p.Path)
		} else {
			end += start
		}
		n = n.kid(p.Path[start:end], p.Path[:end])
	}
	switch p.Kind {
	case spec.Deny:
		n.deny = true
	case spec.DenyWrite:
		n.denyWrite = true
	default:
		n.lines = append(n.lines, p)
		n.granted |= Granted(p.Kind, rmdir)
	}
}

// name returns the last component of n's path.
func (n *node) name() string { return n.path[strings.LastIndexByte(n.path, '/')+1:] }

// find returns the kid with that name, or nil. It does not keep a reference to name.
func (n *node) find(name string) *node {
	if n.index != nil {
		return n.index[name]
	}
	for _, k := range n.kids {
		if k.name() == name {
			return k
		}
	}
	return nil
}

// kid returns the kid with that name. It makes the kid if it is missing.
func (n *node) kid(name, path string) *node {
	if k := n.find(name); k != nil {
		return k
	}
	k := &node{path: path}
	n.kids = append(n.kids, k)
	switch {
	case n.index != nil:
		n.index[name] = k
	case len(n.kids) > 8:
		n.index = make(map[string]*node, 2*len(n.kids))
		for _, k := range n.kids {
			n.index[k.name()] = k
		}
	}
	return k
}

// left returns the rights of from that n does not take away.
func (n *node) left(from Rights) Rights {
	switch {
	case n.deny:
		return 0
	case n.denyWrite:
		return from &^ Changing
	}
	return from
}

// split divides the rights of the directory n: whole are the rights of the directory and of
// everything beneath, rest are the rights that each entry gets by its own rule. deniedDir:
// a denied directory exists beneath, and the right to list would reach it.
func (n *node) split(have Rights, deniedDir bool) (whole, rest Rights) {
	switch {
	case n.denyBelow && deniedDir:
		whole = 0
	case n.denyBelow:
		whole = have & List
	case n.denyWriteBelow:
		whole = have &^ Changing
	default:
		whole = have
	}
	return whole, have &^ whole
}

// chain reports whether there is a deny or deny-write strictly beneath n.
func (n *node) chain() bool { return n.denyBelow || n.denyWriteBelow }

// knownNames are the names in the spec of one file or directory, if a deny is at or beneath
// one of them.
type knownNames []*node

// left returns the rights of r that the file may have by the name self; self is nil for a
// name that is not in the spec. A rule is valid for all names of the file, so each name
// takes its denied rights away. If self itself is a chain directory, the walk beneath self
// does this for each entry.
func (a knownNames) left(self *node, r Rights) Rights {
	for _, n := range a {
		switch {
		case n == self:
		case n.deny || n.chain() && (self == nil || !self.chain()):
			return 0
		case n.denyWrite:
			r &^= Changing
		}
	}
	return r
}

// join gives n the denies beneath each of its names.
func (a knownNames) join(n *node) {
	for _, t := range a {
		n.denyBelow = n.denyBelow || t.denyBelow
		n.denyWriteBelow = n.denyWriteBelow || t.denyWriteBelow
		n.deniedDirBelow = n.deniedDirBelow || t.deniedDirBelow
	}
}
