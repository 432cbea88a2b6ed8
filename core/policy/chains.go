package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/spec"
)

// findChains notes which directories that were asked for are on the way to
// something denied, and what they lose by that: the kernel's rules only add, so
// such a directory can be given no right as a whole that the denied path must
// not have (core/carve).
func (c *compiler) findChains() error {
	reads, writable := map[string]bool{}, map[string]bool{}
	for _, g := range c.asked {
		if g.Kind.Directory() {
			reads[g.Path] = reads[g.Path] || g.Kind != spec.Write
			writable[g.Path] = writable[g.Path] || writes(g.Kind)
		}
	}
	if len(reads) == 0 {
		return nil
	}
	closed, unlisted := map[string]bool{}, map[string]bool{}
	for i := range c.spec.Paths {
		p := &c.spec.Paths[i]
		if p.Kind.Grants() || p.Path == "/" {
			continue
		}
		chain(p.Path, writable, closed)
		if p.Kind == spec.Deny && c.isDir(p.Path) {
			chain(p.Path, reads, unlisted)
		}
	}
	c.out.Closed, c.out.Unlisted = c.existing(closed), c.existing(unlisted)
	return nil
}

// chain adds to the set the directories from each of the grants above path down
// to it.
func chain(path string, grants, set map[string]bool) {
	top := ""
	for dir := parent(path); ; dir = parent(dir) {
		if grants[dir] {
			top = dir
		}
		if dir == "/" {
			break
		}
	}
	if top == "" {
		return
	}
	for dir := parent(path); !set[dir]; dir = parent(dir) {
		set[dir] = true
		if dir == top {
			break
		}
	}
}

// isDir reports whether path, which has no symlinks, is a directory.
func (c *compiler) isDir(path string) bool {
	if l := c.res.list(parent(path)); !l.unknown {
		return l.names[base(path)] == isDir
	}
	p, err := c.res.resolve(path)
	return err == nil && p.dir()
}

func (c *compiler) existing(set map[string]bool) []string {
	var out []string
	for dir := range set {
		if p, err := c.res.resolve(dir); err == nil && p.dir() {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return out
}
