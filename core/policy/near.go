package policy

import (
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// nearness says which parts of a home a grant may reach.
type nearness struct {
	all     bool            // a grant is at or above the home
	granted map[string]bool // names in the home at or beneath which one is
	starts  []start
}

// A start is a directory in which listed paths begin: the home, or one of XDG's where that
// is in the home.
type start struct {
	prefix  string // of such paths
	nothing bool   // whatever is listed there need not be looked at
	at      string
	list    *paths.Listing // nil where everything must be looked at
}

// near looks where grants are in the home h.
func (c *compiler) near(l *lines, h home, links []redirected) nearness {
	n := nearness{all: l.granted[h.path] || l.reached(h.path), granted: map[string]bool{}}
	near := func(path string) {
		if spec.Beneath(path, h.path) {
			name, _, _ := strings.Cut(strings.TrimPrefix(path[len(h.path):], "/"), "/")
			n.granted[name] = true
		}
	}
	for _, g := range l.asked {
		near(g.Path)
	}
	for _, d := range links {
		near(d.path)
	}
	for _, g := range c.o.Grants {
		if !g.Project && g.Moved == "" {
			continue // what is not there lifts nothing
		}
		if name, err := c.absolute(g); err == nil {
			if at, err := c.res.Resolve(name); err == nil {
				near(at.Path)
			}
		}
	}
	n.starts = append(n.starts, start{prefix: "~/", at: h.path, list: c.res.List(h.path)})
	for _, d := range lists.XDGDirs() {
		if d.InHome != "" && h.xdg[d.Name] == "" {
			from := c.follow(n.starts[0], d.InHome, n.granted)
			from.prefix = "$" + d.Name + "/"
			n.starts = append(n.starts, from)
		}
	}
	return n
}

// idle reports whether a listed path changes nothing: it is in the home, no grant is near,
// and on the way there is no symlink that could lead to where one is. What does not exist,
// and a file, are such paths. A directory may have symlinks in it.
func (c *compiler) idle(n *nearness, path string) bool {
	for i := range n.starts {
		from := &n.starts[i]
		if rest, ok := strings.CutPrefix(path, from.prefix); ok && !n.all {
			if from.list == nil {
				return from.nothing
			}
			granted := n.granted
			if i > 0 {
				granted = nil // it is known of the directory of the home
			}
			return c.follow(*from, rest, granted).nothing
		}
	}
	return false
}

// follow goes from a directory as far as there are directories. The first name is none of
// granted.
func (c *compiler) follow(s start, path string, granted map[string]bool) start {
	for path != "" {
		name, rest, _ := strings.Cut(path, "/")
		kind := s.list.Kind(name)
		switch {
		case s.list.Unknown || kind == paths.IsLink || granted[name]:
			return start{}
		case kind != paths.IsDir:
			return start{nothing: true}
		}
		s.at = spec.Join(s.at, name)
		s.list, path, granted = c.res.List(s.at), rest, nil
	}
	return s
}
