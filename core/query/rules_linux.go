package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// rules tells what a spec gives at a place.
type rules interface {
	// own is what the rules on n itself give; what those above give not counted.
	own(n *node) carve.Rights
	// because returns the line of the spec that gives right at n, or nil.
	because(n *node, right carve.Rights) *spec.Path
}

// carved are the rules that the shim would make now, by what they are about: the
// kernel knows no names.
type carved struct {
	s  *spec.Spec
	of map[carve.ID][]given
}

type given struct {
	rights carve.Rights
	path   string // by which the carve came there
}

func carveNow(s *spec.Spec) (*carved, error) {
	c := &carved{s: s, of: make(map[carve.ID][]given, 1024)}
	_, err := carve.Rules(s, func(r *carve.Rule) error {
		c.of[r.ID] = append(c.of[r.ID], given{r.Rights, r.Path()})
		return nil
	})
	return c, err
}

func (c *carved) own(n *node) carve.Rights {
	var have carve.Rights
	for _, g := range c.of[n.id] {
		if g.reaches(n) {
			have |= g.rights
		}
	}
	return have
}

func (c *carved) because(n *node, right carve.Rights) *spec.Path {
	for _, g := range c.of[n.id] {
		if g.rights&right == right && g.reaches(n) {
			return grantOf(c.s, g.path, right)
		}
	}
	return nil
}

// sketch tells from the lines alone, and a look at what is denied, what the
// rules come to at one place, without carving: for a sandbox seen from inside,
// where the directories that would have to be listed cannot be, for trying a
// suggestion out, and before a start. It differs from a carve only in what hard
// links and bind mounts do.
type sketch struct {
	s    *spec.Spec
	disk *disk
}

func newSketch(s *spec.Spec, d *disk) *sketch { return &sketch{s: s, disk: d} }

func (k *sketch) own(n *node) carve.Rights {
	whole, _ := k.at(n.path)
	if !n.dir() {
		whole &= carve.OfFiles
	}
	return whole
}

func (k *sketch) because(n *node, right carve.Rights) *spec.Path {
	return grantOf(k.s, n.path, right)
}

// at returns what the rule at path gives, and what is given to its entries one
// by one instead.
func (k *sketch) at(path string) (whole, rest carve.Rights) {
	for end := 0; ; {
		here := path[:end]
		if here == "" {
			here = "/"
		}
		from := rest
		whole, rest = k.step(here, from)
		if here == path {
			return whole, rest
		}
		if end++; end < len(path) {
			for end < len(path) && path[end] != '/' {
				end++
			}
		}
	}
}

// step does for one path what the carve does at its node.
func (k *sketch) step(path string, from carve.Rights) (whole, rest carve.Rights) {
	have, denied, chain, writeChain := from, false, false, false
	var granted carve.Rights
	for i := range k.s.Paths {
		p := &k.s.Paths[i]
		switch {
		case p.Path == path:
			switch p.Kind {
			case spec.Deny:
				denied = true
			case spec.DenyWrite:
				have &^= carve.Changing
			default:
				if k.fits(p) {
					granted |= carve.Granted(p.Kind, k.s.Rmdir)
				}
			}
		case !p.Kind.Grants() && spec.Beneath(p.Path, path):
			chain = chain || p.Kind == spec.Deny
			writeChain = true
		}
	}
	if denied {
		have = 0
	}
	have |= granted
	switch {
	case have == 0:
	case chain:
		if have&carve.List != 0 && !k.deniedDirBeneath(path) {
			whole = carve.List
		}
	case writeChain:
		whole = have &^ carve.Changing
	default:
		whole = have
	}
	return whole, have &^ whole
}

// fits reports whether the grant p would be applied: an optional one of
// something that is not there is not.
func (k *sketch) fits(p *spec.Path) bool {
	n := k.find(p.Path)
	return n != nil && (n.dir() || !p.Kind.Directory()) && !(n.dir() && p.Kind.File())
}

// find examines a path without symlinks, whatever its parents are.
func (k *sketch) find(path string) *node {
	p, errno := k.disk.walk(path, false)
	if errno != 0 || p.path != path {
		return nil
	}
	return p.node
}

func (k *sketch) deniedDirBeneath(path string) bool {
	for i := range k.s.Paths {
		p := &k.s.Paths[i]
		if p.Kind != spec.Deny || !spec.Beneath(p.Path, path) {
			continue
		}
		if k.disk.isDir(p.Path) {
			return true
		}
	}
	return false
}

// handled are the rights that the kernel handles: what it does not, everybody
// has.
func handled(s *spec.Spec, abi int) carve.Rights {
	r := carve.OfFiles | carve.List | carve.Create | carve.RemoveDir
	if abi < kernel.ABIIoctl {
		r &^= carve.Ioctl
	}
	if abi < kernel.ABIUnix || s.UnixSockets {
		r &^= carve.ConnectUnix
	}
	return r
}
