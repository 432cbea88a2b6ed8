package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// chainDirs returns which directories that were asked for are on the way to
// something denied, and what they lose by that: the kernel's rules only add, so
// such a directory can be given no right as a whole that the denied path must
// not have (core/carve).
func (c *compiler) chainDirs(l *lines) (closed, unlisted []string) {
	reads, writable := map[string]bool{}, map[string]bool{}
	for _, g := range l.asked {
		if g.Kind.Directory() {
			reads[g.Path] = reads[g.Path] || g.Kind != spec.Write
			writable[g.Path] = writable[g.Path] || g.Kind.Writes()
		}
	}
	if len(reads) == 0 {
		return nil, nil
	}
	noNew, noList := map[string]bool{}, map[string]bool{}
	for i := range l.paths {
		p := &l.paths[i]
		if p.Kind.Grants() || p.Path == "/" {
			continue
		}
		if top := topmost(p.Path, writable); top != "" {
			chain(p.Path, top, noNew)
		}
		if top := topmost(p.Path, reads); top != "" && p.Kind == spec.Deny && c.isDir(p.Path) {
			chain(p.Path, top, noList)
		}
	}
	return c.existing(noNew), c.existing(noList)
}

// topmost returns the highest of the grants above path, or "".
func topmost(path string, grants map[string]bool) string {
	top := ""
	for path != "/" {
		if path = spec.Parent(path); grants[path] {
			top = path
		}
	}
	return top
}

// chain adds to the set the directories from top down to path.
func chain(path, top string, set map[string]bool) {
	for dir := spec.Parent(path); !set[dir]; dir = spec.Parent(dir) {
		if set[dir] = true; dir == top {
			break
		}
	}
}

// isDir reports whether path, which has no symlinks, is a directory.
func (c *compiler) isDir(path string) bool {
	if l := c.res.List(spec.Parent(path)); !l.Unknown {
		return l.Kind(spec.Base(path)) == paths.IsDir
	}
	p, err := c.res.Resolve(path)
	return err == nil && p.IsDir()
}

func (c *compiler) existing(set map[string]bool) []string {
	var out []string
	for dir := range set {
		if p, err := c.res.Resolve(dir); err == nil && p.IsDir() {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return out
}
