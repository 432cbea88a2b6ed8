package policy

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Bounds of what is looked at in one protected directory. Beyond them lie trees of
// packages, which are not made of the user's own symlinks.
const (
	linksDeep = 1  // directories beneath it; systemd has its links one deeper
	linksDirs = 64 // directories that are listed
)

// protectLinksIn protects what the symlinks in a protected directory lead to, as the
// directory is: a command in ~/.local/bin and a unit of systemd are often links into
// a project, and a key may lie beside the others.
func (c *compiler) protectLinksIn(l *lines, out *protected, p lists.Protected, dir string) error {
	type level struct {
		dir  string
		deep int
	}
	if len(l.asked) == 0 {
		return nil
	}
	deepest := linksDeep
	if spec.Base(dir) == "systemd" {
		deepest++
	}
	queue := []level{{dir, 0}}
	for i := 0; i < len(queue) && i < linksDirs; i++ {
		at := queue[i]
		if !c.maybeDir(at.dir) {
			continue
		}
		entries := c.res.List(at.dir)
		if entries.Unknown || c.h.UID != 0 { // root sees everything
			if err := c.hidden(followLinks, at.dir); err != nil {
				return err
			}
		}
		for _, name := range c.res.NamesIn(at.dir, func(n string) bool { return entries.Kind(n) != paths.IsOther }) {
			path := spec.Join(at.dir, name)
			switch entries.Kind(name) {
			case paths.IsLink, paths.IsUnknown:
				if err := c.protectLink(l, out, p, dir, path); err != nil {
					return err
				}
			case paths.IsDir:
				if at.deep < deepest && name != "." && name != ".." {
					queue = append(queue, level{path, at.deep + 1})
				}
			}
		}
	}
	return nil
}

// followLinks is what cannot be done where a symlink cannot be seen.
const followLinks = "protect what symlinks lead to from"

// hidden refuses to go on where a directory of the user, path or one above it, does not
// show what is in it because of its own mode. do is what cannot be done so.
func (c *compiler) hidden(do, path string) error {
	shut := c.shutByMode(path)
	if shut == "" {
		return nil
	}
	return &fault.Error{Do: do, Path: path, Err: unix.EACCES, Hint: opens(shut)}
}

// opens is the remedy for a directory that shutByMode returns.
func opens(shut string) string {
	return "chmod u+rx " + fault.Quote(shut) + " (a command in a sandbox may have taken the permissions away)"
}

// shutByMode returns the directory of the user, path or one above it, whose own mode keeps
// the user from seeing what is in path, or "". A command in a sandbox can change modes, so
// that the next start sees less, and then change them back.
func (c *compiler) shutByMode(path string) string {
	for ; path != "/"; path = spec.Parent(path) {
		var st unix.Stat_t
		switch err := unix.Lstat(path, &st); {
		case err == unix.EACCES:
			continue
		case err == nil && int(st.Uid) == c.h.UID && st.Mode&unix.S_IFMT == unix.S_IFDIR && st.Mode&0o500 != 0o500:
			return path
		}
		return ""
	}
	return ""
}

// maybeDir reports whether path is, or may be, a directory.
func (c *compiler) maybeDir(path string) bool {
	up := c.res.List(spec.Parent(path))
	kind := up.Kind(spec.Base(path))
	return up.Unknown || kind == paths.IsDir
}

// protectLink protects what one symlink in the protected directory dir leads to.
func (c *compiler) protectLink(l *lines, out *protected, p lists.Protected, dir, path string) error {
	links, at, err := c.res.Trace(path)
	if err == unix.EACCES {
		if err := c.hidden(followLinks, at.Path); err != nil {
			return err
		}
	}
	if err != nil && err != unix.EACCES || spec.Within(at.Path, dir) {
		return nil // of what cannot be searched now, the name counts
	}
	if l.takes(p.Kind, at.Path) && !l.givesBack(p.Kind, at.Path) {
		out.note(at.Path, p.Kind, p.Category)
		l.deny(p.Kind, at.Path, listed(p.Category))
	}
	out.keepLinks(l, links, p.Category)
	return nil
}
