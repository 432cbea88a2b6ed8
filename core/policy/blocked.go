package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// blockCommands denies the files of the blocked commands, wherever a grant
// reaches them. It returns those that it could not deny: the file of a multi-call
// binary is ordinary commands too.
func (c *compiler) blockCommands(l *lines, homes []home, cmds *commands, p *protected) []NotDenied {
	if len(cmds.names) == 0 {
		return nil
	}
	var out []NotDenied
	for _, dir := range cmds.dirs {
		if !l.near(dir) {
			continue
		}
		inEnvironment := c.environment(l, homes, dir)
		for _, f := range cmds.blockedIn(c.res, dir) {
			if !f.Target.Exists || f.Target.IsDir() {
				continue
			}
			path := spec.Join(dir, f.Name)
			if why := cmds.whyNotDenied(path, f.Target, inEnvironment); why != "" {
				out = append(out, NotDenied{f.Name, f.Target.Path, why})
				continue
			}
			by := spec.Origin{Source: spec.BlockedCommand, Detail: cmds.category[f.Name]}
			for _, name := range [...]string{path, f.Target.Path} {
				p.at[name] = protection{spec.Deny, by}
				if l.reached(name) {
					l.deny(spec.Deny, name, by)
				}
			}
		}
	}
	return out
}

// whyNotDenied says why the file of the blocked command at path cannot be denied,
// or "".
func (m *commands) whyNotDenied(path string, file paths.Target, inEnvironment bool) string {
	if inEnvironment {
		return "is part of an environment in a directory that is granted for writing"
	}
	category := m.category[spec.Base(path)]
	// Who blocks a program by its own name means the program.
	if byName(category) && path == file.Path && file.Nlink == 1 {
		return ""
	}
	if m.isOther(file, category) {
		return "is other commands too"
	}
	return ""
}

// environment reports whether dir has the programs of a Python or conda
// environment that belongs to a project: the user granted the project itself,
// and not the home, for writing. To deny a file there would keep everything on
// the way to it, the project's own directory first, from getting new entries,
// for a program that whoever can write there can make anew.
func (c *compiler) environment(l *lines, homes []home, dir string) bool {
	env := spec.Parent(dir)
	i := slices.IndexFunc(l.asked, func(g spec.Path) bool {
		return g.Kind.Writes() && spec.Within(env, g.Path)
	})
	if i < 0 || spec.Within(homes[0].path, l.asked[i].Path) {
		return false
	}
	if p, err := c.res.Resolve(spec.Join(env, "pyvenv.cfg")); err == nil && p.Exists {
		return true
	}
	p, err := c.res.Resolve(spec.Join(env, "conda-meta"))
	return err == nil && p.IsDir()
}
