package learn

import (
	"maps"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

const (
	changes = carve.WriteFile | carve.Create | carve.RemoveDir
	ofDirs  = carve.List | carve.Create | carve.RemoveDir
)

// A need is what has to be granted at one path.
type need struct {
	path   string
	rights carve.Rights
	counts counts
	// names are what was made, removed or renamed in the directory.
	names map[string]Op
}

// counts are how often each operation was seen.
type counts map[Op]int

func (c counts) add(other counts) {
	for op, n := range other {
		c[op] += n
	}
}

// String spells the counts for a comment.
func (c counts) String() string {
	words := [...]struct {
		op   Op
		word string
	}{{Read, "read"}, {Execute, "run"}, {Write, "written"}, {Create, "made"}, {Remove, "removed"}, {Mkdir, "directories made"}, {Rmdir, "directories removed or moved"}}
	var parts []string
	for _, w := range words {
		if n := c[w.op]; n > 0 {
			parts = append(parts, w.word+" "+times(n))
		}
	}
	return strings.Join(parts, ", ")
}

// rightsOf returns what an operation needs, and whether it needs that at the directory
// that the path is in.
func rightsOf(u *Use) (want carve.Rights, inDir bool) {
	switch u.Op {
	case Read:
		if u.Dir {
			return carve.List, false
		}
		return carve.ReadFile, false
	case Execute:
		return carve.ReadFile | carve.Execute, false
	case Write:
		return carve.WriteFile, false
	case Create:
		return carve.Create | carve.WriteFile, true
	case Remove, Mkdir:
		return carve.Create, true
	case Rmdir:
		return carve.Create | carve.RemoveDir, true
	}
	return 0, false
}

// absolute reports whether a path is as a recording has them: absolute and clean.
func absolute(path string) bool {
	if path == "" || path[0] != '/' || strings.ContainsRune(path, 0) || path != "/" && strings.HasSuffix(path, "/") {
		return false
	}
	for part := range strings.SplitSeq(path[1:], "/") {
		if (part == "" && path != "/") || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// needsOf sums up what the uses need and what is not given already, by path. What
// lies in a private temporary directory needs nothing.
func needsOf(uses []Use, g *Ground) []*need {
	at := map[string]*need{}
	for i := range uses {
		u := &uses[i]
		path := string(u.Path)
		if !absolute(path) || slices.ContainsFunc(g.Temp, func(dir string) bool { return spec.Within(path, dir) }) {
			continue
		}
		want, inDir := rightsOf(u)
		name := ""
		if inDir {
			if path == "/" {
				continue
			}
			name, path = path, spec.Parent(path)
		}
		if want &^= g.Given(path); want == 0 {
			continue
		}
		n := at[path]
		if n == nil {
			n = &need{path: path, counts: counts{}}
			at[path] = n
		}
		n.rights |= want
		n.counts[u.Op] += max(1, u.Times)
		if inDir {
			if n.names == nil {
				n.names = map[string]Op{}
			}
			// What was made and removed, in whatever order, is looked for on the disk.
			if old := n.names[name]; old != Mkdir && !(old == Create && u.Op == Remove) {
				n.names[name] = u.Op
			}
		}
	}
	var all []*need
	for _, path := range slices.Sorted(maps.Keys(at)) {
		all = append(all, at[path])
	}
	return all
}
