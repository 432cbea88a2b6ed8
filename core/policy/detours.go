package policy

import (
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// created reports whether path, which does not exist, is one that the start will
// make because a profile says so.
func (c *compiler) created(g Grant, path string) bool {
	return g.From != "" && slices.Contains(c.o.Create, filepath.Clean(path))
}

// detour is a grant of a profile that leads elsewhere than its name says.
type detour struct {
	grant      Grant
	name, path string
}

func (c *compiler) noteDetour(g Grant, name, path string) {
	if name = filepath.Clean(name); name != path {
		c.detours = append(c.detours, detour{g, name, path})
	}
}

// refuseDetours refuses a profile's grant that a symlink has led to a protected
// path. An agent may have put the symlink into a directory that it was granted,
// so that the next run of the profile would grant it what is protected. A
// profile that names what is protected means it, wherever that leads.
func (c *compiler) refuseDetours() error {
	for _, d := range c.detours {
		if link := c.foreignLink(d.name); link != "" {
			return &fault.Error{
				Do: "use profile " + d.grant.From + ": cannot grant " + flagOf(d.grant.Kind), Path: d.name,
				Err: fault.Text("another user's symlink " + fault.Quote(link) + " leads from there to " + fault.Quote(d.path)),
			}
		}
		name := c.fromHome(d.name)
		if slices.ContainsFunc(c.denied, func(p string) bool { return spec.Within(name, p) }) {
			continue
		}
		if by := c.protectedBy(d.path, d.grant.Kind); by != "" {
			return &fault.Error{
				Do: "use profile " + d.grant.From + ": cannot grant " + flagOf(d.grant.Kind), Path: d.name,
				Err:  fault.Text("a symlink leads from there to " + fault.Quote(d.path) + ", which is protected (" + by + ")"),
				Hint: "if that is meant: " + flagOf(d.grant.Kind) + " " + fault.Quote(d.path),
			}
		}
	}
	return nil
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
func (c *compiler) fromHome(path string) string {
	for _, h := range c.homes {
		if at, err := c.res.resolve(h.path); err == nil && spec.Within(path, h.path) {
			return filepath.Clean(at.path + path[len(h.path):])
		}
	}
	return path
}
