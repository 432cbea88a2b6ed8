package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// CanStart says whether the kernel would start the program at path under s. It
// goes by the lines of s and a few looks at the disk, so it is cheap enough for
// every start, and wrong only about what hard links and bind mounts do. It says
// yes where it cannot tell.
func CanStart(s *spec.Spec, path, cwd string) Verdict {
	return Inside(s, kernel.ABIRefer, cwd).Ask(Question{Op: Execute, Path: path})
}

// A ChainNotice is about a directory that the user granted and that has denied
// paths beneath it.
type ChainNotice struct {
	Path string
	// Listable tells whether it can be listed itself.
	Listable bool
	// Writable tells whether the grant would let things be made in it, which
	// they cannot be directly in it now.
	Writable   bool
	Categories []string // what lies beneath, each once
}

// Chains returns the notices that matter to whoever wrote the grants of s: those
// about the very directories that were granted, not about what nono itself adds.
func Chains(s *spec.Spec) []ChainNotice {
	k := newSketch(s, newDisk("/"))
	var list []ChainNotice
	for i := range s.Paths {
		g := &s.Paths[i]
		if !g.Kind.Directory() || g.Kind == spec.Temp || g.By == "system" || seen(list, g.Path) {
			continue
		}
		n := ChainNotice{Path: g.Path, Listable: true, Writable: g.Kind != spec.Read}
		bites := false
		for j := range s.Paths {
			d := &s.Paths[j]
			if d.Kind.Grants() || !spec.Beneath(d.Path, g.Path) || d.Kind == spec.DenyWrite && !n.Writable {
				continue
			}
			bites = bites || n.Writable
			if c := strings.TrimPrefix(d.By, "blocked command: "); !contains(n.Categories, c) {
				n.Categories = append(n.Categories, c)
			}
		}
		if g.Kind != spec.Write && k.deniedDirBeneath(g.Path) {
			n.Listable, bites = false, true
		}
		if bites {
			list = append(list, n)
		}
	}
	return list
}

func seen(list []ChainNotice, path string) bool {
	for i := range list {
		if list[i].Path == path {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
