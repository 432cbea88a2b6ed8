package learn

import (
	"maps"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// An item is a grant in the making: of one file, or of a directory and all beneath.
type item struct {
	path   string
	dir    bool
	rights carve.Rights
	counts counts
	// fresh tells that the directory has to be made before the start.
	fresh bool
}

// covers reports whether i gives all that other does.
func (i *item) covers(other *item) bool {
	return (i.path == other.path && i.dir == other.dir || i.dir && spec.Beneath(other.path, i.path)) && i.given()&other.given() == other.given()
}

// given is what the profile's word for the item gives.
func (i *item) given() carve.Rights {
	_, kind := i.word()
	return carve.Granted(kind, false)
}

// several is how many files or directories in one become all of it.
const several = 4

// A tree holds items by the parts of their paths.
type tree struct {
	path  string
	items []*item
	below map[string]*tree
}

func (t *tree) put(i *item) {
	at := t
	for part := range strings.SplitSeq(i.path[1:], "/") {
		if at.below == nil {
			at.below = map[string]*tree{}
		}
		next := at.below[part]
		if next == nil {
			next = &tree{path: at.path + "/" + part}
			at.below[part] = next
		}
		at = next
	}
	at.items = append(at.items, i)
}

// fold makes the items of a kind, which change something or do not, fewer: from the
// deepest directory up, n or more in one become the directory, where that may be
// granted.
func fold(items []*item, n int, g *Ground) []*item {
	var out []*item
	for _, changing := range []bool{true, false} {
		root := &tree{}
		for _, i := range items {
			if i.rights&changes != 0 == changing {
				root.put(i)
			}
		}
		out = append(out, root.fold(n, g)...)
	}
	return unique(out)
}

func (t *tree) fold(n int, g *Ground) []*item {
	all := slices.Clone(t.items)
	for _, part := range slices.Sorted(maps.Keys(t.below)) {
		all = append(all, t.below[part].fold(n, g)...)
	}
	all = unique(all)
	if len(all) < n || t.path == "" {
		return all
	}
	whole := merge(t.path, all)
	if !g.mayGrant(t.path, whole.given()) {
		return all
	}
	return []*item{whole}
}

// merge makes one item of all.
func merge(dir string, all []*item) *item {
	whole := &item{path: dir, dir: true, counts: counts{}}
	for _, i := range all {
		whole.rights |= i.rights
		whole.counts.add(i.counts)
	}
	return whole
}

// unique leaves out what another item gives as well. Items are few in one directory,
// or have been folded.
func unique(items []*item) []*item {
	slices.SortStableFunc(items, func(a, b *item) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		switch { // a directory before a file of its name
		case a.dir && !b.dir:
			return -1
		case b.dir && !a.dir:
			return 1
		}
		return 0
	})
	at := map[string]*item{} // the directories so far
	var out []*item
next:
	for _, i := range items {
		for dir := i.path; ; {
			if above := at[dir]; above != nil {
				if dir == i.path && i.dir {
					above.rights |= i.rights
					above.counts.add(i.counts)
					above.fresh = above.fresh || i.fresh
					continue next
				}
				if above.covers(i) {
					above.counts.add(i.counts)
					continue next
				}
			}
			cut := strings.LastIndexByte(dir, '/')
			if cut <= 0 {
				break
			}
			dir = dir[:cut]
		}
		if last := len(out) - 1; last >= 0 && !i.dir && !out[last].dir && out[last].path == i.path {
			out[last].rights |= i.rights
			out[last].counts.add(i.counts)
			continue
		}
		if i.dir {
			at[i.path] = i
		}
		out = append(out, i)
	}
	return out
}
