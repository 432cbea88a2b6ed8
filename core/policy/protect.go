package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// protected is what the lists deny, whether a grant reaches it or not.
type protected struct {
	at     map[string]protection
	listed []string // the paths as they are listed, which may be symlinks
}

// protection is why a path is protected, and from what.
type protection struct {
	kind spec.Kind // Deny or DenyWrite
	by   spec.Origin
}

// against returns the origin of the protection that a grant of path would lift,
// or the zero Origin.
func (p *protected) against(path string, k spec.Kind) spec.Origin {
	for ; path != "/"; path = spec.Parent(path) {
		if at, ok := p.at[path]; ok && (at.kind == spec.Deny || k.Writes()) {
			return at.by
		}
	}
	return spec.Origin{}
}

// lifted lists the protection that grants which were asked for give back.
func lifted(asked []spec.Path, p *protected) []spec.Path {
	var out []spec.Path
	for _, g := range asked {
		by := p.against(g.Path, g.Kind)
		if by.Source == spec.Unsaid || slices.ContainsFunc(out, func(l spec.Path) bool { return l.Path == g.Path && l.By == by }) {
			continue
		}
		out = append(out, spec.Path{Kind: g.Kind, Path: g.Path, By: by})
	}
	return out
}

func listed(category string) spec.Origin { return spec.Origin{Source: spec.Listed, Detail: category} }

// protect adds the lists of protected paths, for every home, where a grant
// reaches them. The others are left out of the spec: nothing is granted there,
// and a launch need not look at hundreds of paths for that.
func (c *compiler) protect(l *lines, homes []home, links []redirected) (*protected, error) {
	out := &protected{at: make(map[string]protection, 256)}
	list, err := c.protectedPaths()
	if err != nil {
		return nil, err
	}
	for i, h := range homes {
		at, err := c.res.Resolve(h.path)
		if err != nil {
			return nil, &fault.Error{Do: "examine the home", Path: h.path, Err: err}
		}
		h.path = at.Path
		if i == 0 && (l.granted[h.path] || l.reached(h.path)) {
			list = append(list, c.ownPrograms(h.path)...)
		}
		near := c.near(l, h, links)
		for _, p := range list {
			if near.idle(h.first(p.Path)) {
				continue
			}
			for _, path := range h.expand(p.Path, i == 0) {
				if err := c.protectPath(l, out, p, h.path, path); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// nearness says which parts of a home a grant may reach.
type nearness struct {
	all     bool            // a grant is at or above the home
	granted map[string]bool // names in the home at or beneath which one is
	home    *paths.Listing
}

func (c *compiler) near(l *lines, h home, links []redirected) nearness {
	n := nearness{all: l.granted[h.path] || l.reached(h.path), granted: map[string]bool{}, home: c.res.List(h.path)}
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
	return n
}

// idle reports whether nothing that begins with the name first in the home can
// be reached: no grant is near it, and no symlink leads from it elsewhere, since
// it is no directory. Most of the listed paths are such, on most machines.
func (n nearness) idle(first string) bool {
	if first == "" || n.all || n.granted[first] || n.home.Unknown {
		return false
	}
	k := n.home.Kind(first)
	return k != paths.IsDir && k != paths.IsLink
}

// protectedPaths returns nono's list and the user's own additions.
func (c *compiler) protectedPaths() ([]lists.Protected, error) {
	list, err := lists.Protect(c.h.GOOS)
	if err != nil || c.h.Own == "" {
		return list, err
	}
	own, err := lists.ParseProtected(c.h.OwnName, c.h.Own)
	return append(list, own...), err
}

// ownPrograms returns the directories of PATH in the home: what is put there
// runs as the user later. They are protected against a grant of the whole home
// only: one in a project that is granted by itself belongs to the project.
func (c *compiler) ownPrograms(home string) []lists.Protected {
	var out []lists.Protected
	for dir := range strings.SplitSeq(c.h.Env("PATH"), ":") {
		if !strings.HasPrefix(dir, "/") {
			continue
		}
		if p, err := c.res.Resolve(dir); err == nil && spec.Beneath(p.Path, home) {
			out = append(out, lists.Protected{Kind: spec.DenyWrite, Path: p.Path, Category: "runs as you later: programs"})
		}
	}
	return out
}

// protectPath adds what of one protected path is reached, and notes all of it in
// out.
func (c *compiler) protectPath(l *lines, out *protected, p lists.Protected, home, path string) error {
	out.listed = append(out.listed, path)
	names := [...]string{path}
	all := names[:]
	if c.throughLink(home, path) {
		var err error
		if all, err = c.names(path); err != nil {
			return &fault.Error{Do: "protect", Path: path, Err: err}
		}
	}
	for _, name := range all {
		if have, ok := out.at[name]; !ok || have.kind == spec.DenyWrite {
			out.at[name] = protection{p.Kind, listed(p.Category)}
		}
		if l.reached(name) && !l.givesBack(p.Kind, name) {
			l.deny(p.Kind, name, listed(p.Category))
		}
	}
	return nil
}

// throughLink reports whether a symlink is, or may be, on the way to path. home
// is known to be none itself.
func (c *compiler) throughLink(home, path string) bool {
	dir, rest := "/", path[1:]
	if spec.Beneath(path, home) {
		dir, rest = home, strings.TrimPrefix(path[len(home):], "/")
	}
	for rest != "" {
		name, tail, _ := strings.Cut(rest, "/")
		l := c.res.List(dir)
		switch {
		case l.Unknown:
			return true
		case l.Kind(name) == paths.IsLink:
			return true
		case l.Kind(name) != paths.IsDir:
			return false // absent, or a file: nothing is beneath it
		}
		dir, rest = path[:len(path)-len(tail)-min(1, len(tail))], tail
	}
	return false
}
