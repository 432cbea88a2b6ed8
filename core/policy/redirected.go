package policy

import (
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// redirected is a grant of a profile, or one that every sandbox has in the home, that
// leads elsewhere than its name says.
type redirected struct {
	grant      Grant
	name, path string
}

// noteRedirected appends a grant to the list if its name is not where it leads.
func noteRedirected(list []redirected, g Grant, name, path string) []redirected {
	if name = filepath.Clean(name); name != path {
		return append(list, redirected{g, name, path})
	}
	return list
}

// refuseRedirected refuses a grant that a symlink has led to a protected path, where
// the user has not typed it. An agent may have put the symlink into a directory
// that it was granted, so that the next run would grant it what is protected.
func (c *compiler) refuseRedirected(links []redirected, homes []home, p *protected) error {
	for _, d := range links {
		if link := c.foreignLink(d.name); link != "" {
			return d.refusal("another user's symlink "+fault.Quote(link)+" leads from there to "+fault.Quote(d.path), "")
		}
		if c.namesProtected(d, homes, p) {
			continue
		}
		if by := p.against(d.path, d.grant.Kind); by.Source != spec.Unsaid && !c.meant(d, p) {
			return d.refusal("a symlink leads from there to "+fault.Quote(d.path)+", which is protected ("+by.String()+")",
				"if that is meant: "+flagOf(d.grant.Kind)+" "+fault.Quote(d.path))
		}
	}
	return nil
}

func (d redirected) refusal(why, hint string) error {
	f := refusal(d.grant, d.name, fault.Text(why))
	f.Hint = hint
	return f
}

// namesProtected reports whether a profile itself names what is protected: it
// means that then, wherever it leads.
func (c *compiler) namesProtected(d redirected, homes []home, p *protected) bool {
	name := c.fromHome(d.name, homes)
	return d.grant.From != "" && slices.ContainsFunc(p.listed, func(path string) bool { return spec.Within(name, path) })
}

// meant reports whether the user has typed a grant that gives as much back.
func (c *compiler) meant(d redirected, p *protected) bool {
	for _, g := range c.o.Grants {
		whole := g.Kind == d.grant.Kind || g.Kind == spec.Allow || g.Kind == spec.AllowFile
		path, err := c.absolute(g)
		if !whole || g.From != "" || err != nil {
			continue
		}
		at, err := c.res.Resolve(path)
		if err == nil && spec.Within(d.path, at.Path) && p.against(at.Path, g.Kind).Source != spec.Unsaid {
			return true
		}
	}
	return false
}

// foreignLink returns the first symlink on the way of path that belongs neither
// to the user nor to root, or "". In a directory that all can write to, such as
// /tmp, anybody can put one where a profile's grant will look.
func (c *compiler) foreignLink(path string) string {
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		var st unix.Stat_t
		if unix.Lstat(path[:i], &st) != nil {
			return ""
		}
		if uint32(st.Mode)&unix.S_IFMT == unix.S_IFLNK && st.Uid != 0 && int(st.Uid) != c.h.UID {
			return path[:i]
		}
	}
	return ""
}

// fromHome names a path in a home by where that home really is.
func (c *compiler) fromHome(path string, homes []home) string {
	for _, h := range homes {
		if at, err := c.res.Resolve(h.path); err == nil && spec.Within(path, h.path) {
			return filepath.Clean(at.Path + path[len(h.path):])
		}
	}
	return path
}
