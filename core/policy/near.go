package policy

import (
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// nearness says which parts of a home a grant may reach.
type nearness struct {
	all     bool            // a grant is at or above the home
	granted map[string]bool // names in the home at or beneath which one is
	home    *paths.Listing
	dirs    map[string]start // those that are there
}

// near looks where grants are in the home h.
func (c *compiler) near(l *lines, h home, links []redirected) nearness {
	n := nearness{all: l.granted[h.path] || l.reached(h.path), granted: map[string]bool{}, home: c.res.List(h.path), dirs: map[string]start{}}
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
	return n
}

// A start is a directory of the home from which listed paths are followed.
type start struct {
	nothing bool // whatever is listed there need not be looked at
	at      string
	list    *paths.Listing // nil where everything must be looked at
}

// idle reports whether the listed path rest, in the directory dir of the home, changes
// nothing: no grant is near, and on the way there is no symlink that could lead to where one
// is. What does not exist, and a file, are such paths. A directory may have symlinks in it.
func (c *compiler) idle(n *nearness, home, dir, rest string) bool {
	first, more, _ := strings.Cut(dir, "/")
	if n.all || n.home.Unknown || n.granted[first] {
		return false
	}
	switch n.home.Kind(first) {
	case paths.Absent, paths.IsOther:
		return true
	case paths.IsDir:
	default:
		return false
	}
	from, seen := n.dirs[dir]
	if !seen {
		at := spec.Join(home, first)
		from = c.follow(start{at: at, list: c.res.List(at)}, more)
		n.dirs[dir] = from
	}
	if from.list != nil {
		from = c.follow(from, rest)
	}
	return from.nothing
}

// follow goes from a directory as far as there are directories.
func (c *compiler) follow(s start, path string) start {
	for path != "" {
		name, rest, _ := strings.Cut(path, "/")
		if s.list.Unknown {
			return start{}
		}
		switch s.list.Kind(name) {
		case paths.Absent, paths.IsOther:
			return start{nothing: true}
		case paths.IsDir:
			s.at = spec.Join(s.at, name)
			s.list, path = c.res.List(s.at), rest
		default:
			return start{}
		}
	}
	return s
}
