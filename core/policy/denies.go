package policy

import (
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// userDenies adds --deny and --deny-write, by name and by what the name leads
// to. A path that does not exist is kept absent. Of a pattern it adds what has that
// form now.
func (c *compiler) userDenies(l *lines) ([]Pattern, error) {
	var forms []*form
	for _, g := range c.o.Grants {
		if g.Kind.Grants() {
			continue
		}
		path, err := c.absolute(g)
		if err != nil {
			return nil, err
		}
		if isPattern(g) {
			named := c.isNamed(path)
			f, err := c.newForm(g)
			if err != nil && !named {
				return nil, err
			}
			if err == nil {
				forms = append(forms, f)
				if g.Policy != "" {
					l.forms = append(l.forms, f)
				}
			}
			if !named {
				continue
			}
		}
		if err := c.deny(l, g.Kind, path, byOf(g)); err != nil {
			if fault.HintOf(err) != "" {
				return nil, err
			}
			return nil, refusal(g, path, err)
		}
		if err := c.sealAliases(l, g, path); err != nil {
			return nil, err
		}
	}
	if len(forms) == 0 {
		return nil, nil
	}
	if err := c.findPatterns(forms); err != nil {
		return nil, err
	}
	var patterns []Pattern
	for _, f := range forms {
		for _, path := range f.found {
			if err := c.deny(l, f.grant.Kind, path, f.by()); err != nil {
				return nil, refusal(f.grant, path, err)
			}
		}
		if name, err := c.absolute(f.grant); len(f.found) == 0 && err == nil && c.isNamed(name) {
			continue // it was the name of a file
		}
		patterns = append(patterns, Pattern{flagOf(f.grant.Kind), f.grant.Path, len(f.found), f.grant.Policy})
	}
	return patterns, nil
}

// deny adds a deny by its name and, where a symlink leads elsewhere, by that. The
// symlinks on the way are kept as they are: another in their place would lead the
// name elsewhere.
func (c *compiler) deny(l *lines, k spec.Kind, path string, by spec.Origin) error {
	names, links, err := c.names(path)
	for _, name := range names {
		l.deny(k, name, by)
	}
	for _, link := range links {
		l.deny(spec.DenyWrite, link, by)
	}
	return err
}

// names returns the paths by which a deny must know path: its name and, where a
// symlink leads elsewhere, that. links are the other symlinks on the way.
func (c *compiler) names(path string) (names, links []string, err error) {
	links, p, err := c.res.Trace(path)
	if err != nil && err != unix.EACCES && err != unix.ELOOP {
		return nil, nil, err
	}
	if err == unix.EACCES {
		if err := c.hidden(followLinks, p.Path); err != nil {
			return nil, nil, err
		}
	}
	// The directories of the name are resolved, its last part is not: a rule
	// on the way through a symlink would be on what the symlink leads to.
	name := filepath.Clean(path)
	if up, err := c.res.Resolve(spec.Parent(name)); err == nil && name != "/" {
		name = spec.Join(up.Path, spec.Base(name))
	}
	names = []string{name}
	// What cannot be searched now may be searched in the sandbox, whose command can change
	// modes: the name there counts, as far as it is known.
	if err != unix.ELOOP && p.Path != name {
		names = append(names, p.Path)
	}
	links = slices.DeleteFunc(links, func(link string) bool { return slices.Contains(names, link) })
	return names, links, nil
}
