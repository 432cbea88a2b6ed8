package policy

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
)

// home is a home directory whose protected paths hold.
type home struct {
	path string
	// xdg says where the XDG directories are, for the user whose environment
	// this is; those it does not name are where their specification puts them.
	xdg map[string]string
}

// findHomes names the homes to protect: HOME's, and the user database's for
// this user, since HOME may have been set to something else. Root, whom file
// permissions do not stop, protects everybody's that a grant reaches. A user
// without any is refused: what should be protected would not be.
func (c *compiler) findHomes() ([]home, error) {
	var homes []home
	if h := c.h.Env("HOME"); h != "" {
		if h[0] != '/' {
			return nil, &fault.Error{Do: "use HOME", Path: h, Err: fault.Text("it is not an absolute path"), Hint: "HOME=$(pwd)/" + h}
		}
		homes = append(homes, home{path: c.real(h), xdg: c.xdg()})
	}
	var reach []string
	if c.h.UID == 0 {
		reach = c.askedFor()
	}
	for path, own := range c.h.Homes() {
		if slices.ContainsFunc(homes, func(h home) bool { return h.path == path }) {
			continue
		}
		switch {
		case own && len(homes) == 0:
			homes = append(homes, home{path: path, xdg: c.xdg()})
		case own || c.h.UID == 0 && c.wanted(path, reach):
			homes = append(homes, home{path: path})
		}
	}
	for _, path := range c.unlistedHomes(reach) {
		if !slices.ContainsFunc(homes, func(h home) bool { return h.path == path }) {
			homes = append(homes, home{path: path})
		}
	}
	if len(homes) == 0 {
		return nil, &fault.Error{Do: "tell which home to protect", Hint: "set HOME to its path",
			Err: fault.Text("HOME is not set, and the user database does not know user " + strconv.Itoa(c.h.UID))}
	}
	return homes, nil
}

// xdg returns where the environment puts the XDG directories. A relative path
// there does not count (basedir-spec).
func (c *compiler) xdg() map[string]string {
	dirs := map[string]string{}
	for _, d := range lists.XDGDirs() {
		if v := c.h.Env(d.Name); strings.HasPrefix(v, "/") {
			dirs[d.Name] = c.real(v)
		}
	}
	return dirs
}

// real takes "." and ".." out of an absolute path. Behind a symlink ".." is not
// what the names say, so where there is one the path is resolved.
func (c *compiler) real(path string) string {
	if strings.Contains(path, "/..") {
		if p, err := c.res.Resolve(path); err == nil {
			return p.Path
		}
	}
	return filepath.Clean(path)
}

// askedFor returns where the grants that were asked for lead.
func (c *compiler) askedFor() []string {
	var paths []string
	for _, g := range c.o.Grants {
		p, err := c.absolute(g)
		if err != nil || !g.Kind.Grants() {
			continue
		}
		if r, err := c.res.Resolve(p); err == nil && r.Exists {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// wanted reports whether one of the granted paths is at, above or beneath path, by
// any of the two's names.
func (c *compiler) wanted(path string, granted []string) bool {
	at, err := c.res.Resolve(path)
	if err != nil || !at.Exists || nobodys(at.Path) {
		return false
	}
	for _, g := range granted {
		if spec.Within(at.Path, g) || spec.Beneath(g, at.Path) {
			return true
		}
	}
	return false
}

// nobodys reports whether path is of the system, though /etc/passwd gives it to
// one of its own users as a home, as /bin and /dev often are.
func nobodys(path string) bool {
	dir, _, _ := strings.Cut(path[1:], "/")
	switch dir {
	case "", "bin", "dev", "proc", "sbin", "sys", "usr":
		return true
	}
	return false
}

// expand gives the paths that a listed path means in h. An XDG directory means
// both where the environment puts it and where it is by default: what is there
// was written by programs that saw another environment. A path that belongs to
// no home comes with the first one only.
func (h home) expand(path string, first bool) []string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return []string{spec.Join(h.path, rest)}
	}
	if path[0] == '/' {
		if first {
			return []string{path}
		}
		return nil
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(path, "$"), "/")
	var out []string
	for _, d := range lists.XDGDirs() {
		if d.Name != name {
			continue
		}
		if d.InHome != "" {
			out = append(out, spec.Join(spec.Join(h.path, d.InHome), rest))
		}
		if v := h.xdg[name]; v != "" && v != spec.Join(h.path, d.InHome) {
			out = append(out, spec.Join(v, rest))
		}
	}
	return out
}
