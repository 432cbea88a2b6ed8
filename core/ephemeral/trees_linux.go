package ephemeral

import (
	"os"
	"slices"
	"sort"

	"github.com/nono-sandbox/nono/core/spec"
)

// TreesOf returns what of a spec the command may change and that is kept apart: the
// outermost directories, and the files that lie in none of them. Left out are the
// sandbox's own temp, what the standard streams are open on, and what is no data:
// devices, /dev, /proc and /sys.
func TreesOf(s *spec.Spec) []Tree {
	var dirs, files []string
	// What may be changed for a time only lies apart as well.
	for _, p := range slices.Concat(s.Paths, s.Ending) {
		if !p.Kept() {
			continue
		}
		st, err := os.Lstat(p.Path)
		switch {
		case err != nil: // The shim decides whether a missing path matters.
		case st.IsDir():
			dirs = append(dirs, p.Path)
		case st.Mode().IsRegular():
			files = append(files, p.Path)
		}
	}
	var trees []Tree
	within := func(path string) bool {
		for _, t := range trees {
			if spec.Within(path, t.Path) {
				return true
			}
		}
		return false
	}
	// A directory sorts before what is in it.
	sort.Strings(dirs)
	for _, d := range dirs {
		if !within(d) {
			trees = append(trees, Tree{Path: d})
		}
	}
	for _, f := range files {
		if !within(f) {
			trees = append(trees, Tree{Path: f, File: true})
		}
	}
	return trees
}

// DeniedBy returns the paths that a spec shuts or lets be read at most.
func DeniedBy(s *spec.Spec) []string {
	var all []string
	for _, p := range s.Paths {
		if !p.Kind.Grants() {
			all = append(all, p.Path)
		}
	}
	return all
}

// Paths are the paths of the trees.
func (r *Run) Paths() []string {
	var all []string
	for _, t := range r.Trees {
		all = append(all, t.Path)
	}
	return all
}
