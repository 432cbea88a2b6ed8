package policy

import (
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Misled is a grant that leads elsewhere than its name says, by a symlink which a
// command in a sandbox could have put there: an earlier run may have been granted the
// directory that the symlink is in.
type Misled struct {
	Grant      spec.Path // where it leads
	Name, Link string    // the path as it was given, and the symlink
}

// laid returns the first of the symlinks that a command in a sandbox could have made
// and by which something is reached that lies outside of the symlink's own directory,
// or "". What is in that directory is no more than such a command had already.
func (c *compiler) laid(links []string, to string, homes []home) string {
	for _, link := range links {
		if dir := spec.Parent(link); !spec.Within(to, dir) && c.couldMake(link, dir, homes) {
			return link
		}
	}
	return ""
}

// couldMake reports whether a sandbox of this user could have made the symlink link
// in dir. No sandbox gets new names in a directory with a protected path in or beneath
// it, or in one that is protected itself, since grants are carved there.
func (c *compiler) couldMake(link, dir string, homes []home) bool {
	var st unix.Stat_t
	if unix.Lstat(link, &st) != nil || int(st.Uid) != c.h.UID {
		return false // another's link is refused for that reason (foreignLink)
	}
	return c.couldFill(dir, homes)
}

// CouldFill returns those of dirs, which are resolved, in which some sandbox of h's user
// could have made files: what is found there by its name alone may be of an earlier run.
func CouldFill(h Host, dirs []string) ([]string, error) {
	c := &compiler{o: &Options{}, h: &h, res: paths.NewResolver()}
	homes, err := c.findHomes()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, dir := range dirs {
		if c.couldFill(dir, homes) {
			out = append(out, dir)
		}
	}
	return out, nil
}

// couldFill reports whether a sandbox of this user could have made a name in dir.
func (c *compiler) couldFill(dir string, homes []home) bool {
	var st unix.Stat_t
	if unix.Lstat(dir, &st) != nil || int(st.Uid) != c.h.UID && unix.Access(dir, unix.W_OK) != nil {
		return false
	}
	list, err := lists.Protect(c.h.GOOS)
	if err != nil {
		return true
	}
	for i, h := range homes {
		if at, err := c.res.Resolve(h.path); err == nil {
			h.path = at.Path
		}
		for _, p := range list {
			if p.Path[0] == '$' && !lists.IsXDG(variableOf(p.Path)) {
				continue
			}
			// An earlier run may have seen another environment, so nothing is known of the
			// places that this one gives the XDG directories.
			for _, path := range (home{path: h.path}).expand(p.Path, i == 0) {
				if spec.Beneath(path, dir) || spec.Within(dir, path) {
					return false
				}
			}
		}
	}
	return true
}

// misled notes a grant that nobody typed and that a symlink leads astray, and reports
// whether it is one. It is not granted.
func (c *compiler) misled(g Grant, by spec.Origin, path string, to paths.Target, homes []home, out *given) bool {
	link := c.strays(path, to, homes)
	if link == "" {
		return false
	}
	out.misled = append(out.misled, Misled{spec.Path{Kind: g.Kind, Path: to.Path, By: by}, path, link})
	return true
}

// strays returns the symlink by which path leads astray, or "".
func (c *compiler) strays(path string, to paths.Target, homes []home) string {
	if to.Path == path {
		return ""
	}
	links, _, _ := c.res.Trace(path)
	return c.laid(links, to.Path, homes)
}
