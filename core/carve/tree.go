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
	granted   Rights       // what they give together
	deny      bool
	denyWrite bool

	// What lies strictly beneath, by name, whether or not it exists.
	denyBelow      bool
	denyWriteBelow bool
	// deniedDirBelow is set once a denied directory was seen to exist there.
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

// find returns the kid of that name, or nil. It does not keep name.
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

// kid returns the kid of that name, made if need be.
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

// left returns what of the rights given from above remains at n.
func (n *node) left(from Rights) Rights {
	switch {
	case n.deny:
		return 0
	case n.denyWrite:
		return from &^ Changing
	}
	return from
}

// split divides what the directory n may have into what it gets as a whole, and
// with it all that is beneath, and what each of its entries gets by itself.
// deniedDir tells whether a denied directory exists beneath: the right to list
// would reach into that.
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

// chain reports whether something strictly beneath n is denied.
func (n *node) chain() bool { return n.denyBelow || n.denyWriteBelow }

// knownNames are all the names by which the spec knows one file or directory that it
// takes something away from.
type knownNames []*node

// left returns what of r the thing may have by the name self, which is nil
// for one that the spec does not know: as little as by each of its other names,
// since a rule reaches all of them. Where self is itself on the way to a deny,
// what lies beneath is looked at one by one.
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

// join makes what lies beneath n what lies beneath it by any of its names.
func (a knownNames) join(n *node) {
	for _, t := range a {
		n.denyBelow = n.denyBelow || t.denyBelow
		n.denyWriteBelow = n.denyWriteBelow || t.denyWriteBelow
		n.deniedDirBelow = n.deniedDirBelow || t.deniedDirBelow
	}
}
