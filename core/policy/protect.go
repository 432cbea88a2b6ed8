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
	out := &protected{at: map[string]protection{}, listed: make([]string, 0, 128)}
	for i, h := range homes {
		at, err := c.res.Resolve(h.path)
		if err != nil {
			return nil, &fault.Error{Do: "examine the home", Path: h.path, Err: err}
		}
		h.path = at.Path
		near := c.near(l, h, links)
		aliases, err := c.aliases(l, h.path)
		if err != nil {
			return nil, err
		}
		near.all = near.all || len(aliases) > 0
		if near.all && i == 0 {
			out.at = make(map[string]protection, 2048) // all of the list
		}
		one := func(p lists.Protected) error {
			for _, path := range c.meaning(p, homes, i, h, &near) {
				if err := c.protectPath(l, out, p, h.path, path); err != nil {
					return err
				}
				c.protectAliases(l, out, p, path, aliases)
			}
			return nil
		}
		if err := c.eachProtected(one); err != nil {
			return nil, err
		}
		if i == 0 && (l.granted[h.path] || l.reached(h.path)) {
			for _, p := range c.ownPrograms(h.path) {
				if err := one(p); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// meaning returns the paths that a listed one means in the home h, the i-th of
// homes, and that need be looked at.
func (c *compiler) meaning(p lists.Protected, homes []home, i int, h home, near *nearness) []string {
	if p.Path[0] == '$' && (strings.LastIndexByte(p.Path, '$') > 0 || !lists.IsXDG(variableOf(p.Path))) {
		// The environment is the first home's. In a project that is granted by itself
		// programs belong to the project.
		if i > 0 || p.Category == ownProgramsCategory && !near.all {
			return nil
		}
		return c.relocated(p.Path, homes)
	}
	if c.idle(near, p.Path) {
		return nil
	}
	return h.expand(p.Path, i == 0)
}

// eachProtected calls f for each path of nono's list and of the user's own additions.
func (c *compiler) eachProtected(f func(lists.Protected) error) error {
	err := lists.EachProtected(c.h.GOOS, f)
	for _, own := range c.h.Own {
		if err != nil {
			break
		}
		var more []lists.Protected
		more, err = lists.ParseProtected(own.Name, own.Text)
		for _, p := range more {
			if err == nil {
				err = f(p)
			}
		}
	}
	return err
}

// ownProgramsCategory is that of directories which PATH leads to.
const ownProgramsCategory = "runs as you later: programs"

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
			out = append(out, lists.Protected{Kind: spec.DenyWrite, Path: p.Path, Category: ownProgramsCategory})
		}
	}
	return out
}

// protectPath adds what of one protected path is reached, and notes all of it in
// out.
func (c *compiler) protectPath(l *lines, out *protected, p lists.Protected, home, path string) error {
	out.listed = append(out.listed, path)
	outside := !spec.Within(path, home)
	if p.System && !l.takes(p.Kind, path) && !c.linkOfRoot(path) {
		return nil // most of what the system keeps is near no grant
	}
	name := [...]string{path}
	names, links := name[:], []string(nil)
	if c.throughLink(home, path) {
		var err error
		if names, links, err = c.names(path); err != nil {
			if _, said := err.(*fault.Error); said {
				return err
			}
			return &fault.Error{Do: "protect", Path: path, Err: err}
		}
	}
	for i, name := range names {
		out.note(name, p.Kind, p.Category)
		if (l.reached(name) && !outside || l.takes(p.Kind, name)) && !l.givesBack(p.Kind, name) {
			l.deny(p.Kind, name, listed(p.Category))
		}
		if i == len(names)-1 {
			if err := c.protectLinksIn(l, out, p, name); err != nil {
				return err
			}
		}
	}
	out.keepLinks(l, links, p.Category)
	return nil
}

// linkOfRoot reports whether path is a symlink, where root asks: elsewhere the
// permissions of what it leads to hold.
func (c *compiler) linkOfRoot(path string) bool { return c.h.UID == 0 && isSymlink(path) }

// note remembers a protection: the stronger one, where there are two.
func (p *protected) note(path string, k spec.Kind, category string) {
	if have, ok := p.at[path]; !ok || have.kind == spec.DenyWrite {
		p.at[path] = protection{k, listed(category)}
	}
}

// keepLinks keeps the symlinks on the way to a protected path as they are, where a
// grant would let another be put in their place.
func (p *protected) keepLinks(l *lines, links []string, category string) {
	for _, link := range links {
		if _, ok := p.at[link]; !ok {
			p.at[link] = protection{spec.DenyWrite, listed(category)}
		}
		if l.takes(spec.DenyWrite, link) {
			l.deny(spec.DenyWrite, link, listed(category))
		}
	}
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
