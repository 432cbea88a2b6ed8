package query

import (
	"sync"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// rules are the rules of a spec.
type rules interface {
	// own returns the rights of the rules for n itself, without those of directories above.
	own(n *paths.Node) carve.Rights
	// because returns the line of the spec that gives right at n, or nil.
	because(n *paths.Node, right carve.Rights) *spec.Path
}

// carved are the rules that the shim would make now, by the identity of their files: the
// kernel knows no names.
type carved struct {
	s  *spec.Spec
	of map[carve.ID][]given
	// fixed are directories whose entries are in whole alone, which is made when it is
	// first needed.
	fixed map[carve.ID]bool
	whole func() *carved
}

type given struct {
	rights carve.Rights
	path   string // by which the carve reached the file
}

func carveNow(s *spec.Spec) (*carved, error) {
	c := &carved{s: s, of: make(map[carve.ID][]given, 1024)}
	_, err := carve.Rules(s, c.add)
	return c, err
}

// carveChanging is carveNow, but looks only when it is asked at what nobody but root can
// have changed until then.
func carveChanging(s *spec.Spec) (*carved, error) {
	c := &carved{s: s, of: make(map[carve.ID][]given, 256), fixed: map[carve.ID]bool{}}
	fixed, err := carve.Changeable(s, c.add)
	for _, dir := range fixed {
		c.fixed[dir] = true
	}
	c.whole = sync.OnceValue(func() *carved {
		whole, err := carveNow(s)
		if err != nil {
			return &carved{s: s}
		}
		return whole
	})
	return c, err
}

func (c *carved) add(r *carve.Rule) error {
	c.of[r.ID] = append(c.of[r.ID], given{r.Rights, r.Path()})
	return nil
}

// at is where the rule for n is, if there is one. In whole are rules for what a name in one
// of the fixed directories leads to, and n may be that by another name.
func (c *carved) at(n *paths.Node) *carved {
	if len(c.fixed) == 0 || c.of[idOf(n)] != nil {
		return c
	}
	if n.Parent != nil && c.fixed[idOf(n.Parent)] || n.IsMountPoint() || !n.IsDir() && n.Nlink > 1 {
		return c.whole()
	}
	return c
}

func (c *carved) own(n *paths.Node) carve.Rights {
	var have carve.Rights
	c = c.at(n)
	for _, g := range c.of[idOf(n)] {
		if n.SameInode(g.path) {
			have |= g.rights
		}
	}
	return have
}

func (c *carved) because(n *paths.Node, right carve.Rights) *spec.Path {
	c = c.at(n)
	for _, g := range c.of[idOf(n)] {
		if g.rights&right == right && n.SameInode(g.path) {
			return byname.Grant(c.s, g.path, right)
		}
	}
	return nil
}

func idOf(n *paths.Node) carve.ID { return carve.ID{Dev: n.Dev, Ino: n.Ino} }

// byLines are the rules that follow from the lines, without a carve: for a question inside a
// sandbox, and for a question before every start.
type byLines struct {
	s      *spec.Spec
	disk   *paths.Disk
	lookup *carve.Lookup
}

func newByLines(s *spec.Spec, d *paths.Disk) *byLines {
	l := &byLines{s: s, disk: d}
	l.lookup = carve.NewLookup(s, l.fits, d.DirAt)
	return l
}

func (l *byLines) own(n *paths.Node) carve.Rights {
	r := l.lookup.At(n.Path)
	if !n.IsDir() {
		r &= carve.OfFiles
	}
	return r
}

func (l *byLines) because(n *paths.Node, right carve.Rights) *spec.Path {
	return byname.Grant(l.s, n.Path, right)
}

// fits reports whether the grant p would get a rule: an optional grant of a missing path
// would not.
func (l *byLines) fits(p *spec.Path) bool {
	at, errno := l.disk.Walk(p.Path, false)
	if errno != 0 || at.Path != p.Path || at.Node == nil {
		return false
	}
	return (at.Node.IsDir() || !p.Kind.Directory()) && !(at.Node.IsDir() && p.Kind.File())
}

// handled returns the rights that the kernel checks. Every process has the other rights.
func handled(s *spec.Spec, abi int) carve.Rights {
	r := carve.OfFiles | carve.List | carve.Create | carve.RemoveDir
	if abi < kernel.ABIIoctl {
		r &^= carve.Ioctl
	}
	if abi < kernel.ABIUnix && !s.Traps(spec.TrapSockets) || s.UnixSockets {
		r &^= carve.ConnectUnix
	}
	return r
}
