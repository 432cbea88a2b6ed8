package policy

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve/aliases"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// OtherNames returns the other paths by which mounts show dir, which need not be
// resolved: none where that cannot be told.
func OtherNames(dir string) []string {
	at, err := paths.NewResolver().Resolve(dir)
	if err != nil {
		return nil
	}
	found, err := aliases.Of(at.Path)
	if err != nil {
		return nil
	}
	var names []string
	for _, a := range found {
		if a.Path == at.Path {
			names = append(names, a.At)
		}
	}
	return names
}

// aliases returns the other names of dir, a directory without symlinks, and of what
// is beneath it, where something that was asked for is at, above or beneath them.
func (c *compiler) aliases(l *lines, dir string) ([]aliases.Alias, error) {
	if len(l.asked) == 0 || c.h.GOOS != "linux" {
		return nil, nil
	}
	all, err := aliases.Of(dir)
	var near []aliases.Alias
	for _, a := range all {
		for _, g := range l.asked {
			if spec.Within(a.At, g.Path) || spec.Beneath(g.Path, a.At) {
				near = append(near, a)
				break
			}
		}
	}
	return near, err
}

// protectAliases protects a path by the other names that mounts give it.
func (c *compiler) protectAliases(l *lines, out *protected, p lists.Protected, path string, all []aliases.Alias) {
	for _, a := range all {
		name := a.At // of something beneath the path
		switch {
		case spec.Within(path, a.Path):
			name = spec.Join(a.At, strings.TrimPrefix(path[len(a.Path):], "/"))
		case !spec.Beneath(a.Path, path):
			continue
		}
		name = strings.TrimSuffix(name, "/")
		out.note(name, p.Kind, p.Category)
		if l.takes(p.Kind, name) && !l.givesBack(p.Kind, name) {
			l.deny(p.Kind, name, listed(p.Category))
		}
	}
}
