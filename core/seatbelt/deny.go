package seatbelt

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// denies writes what the rules of a run take from grants above them. A run has
// one rank, so that its order does not matter: what takes the same classes away
// is one rule, and Seatbelt has less to hold.
func (w *writer) denies(run []rule) {
	groups := map[set][]*rule{}
	var order []set
	for i := range run {
		taken := w.taken(&run[i])
		if taken == 0 {
			continue // the default has denied it already
		}
		if groups[taken] == nil {
			order = append(order, taken)
		}
		groups[taken] = append(groups[taken], &run[i])
	}
	for _, taken := range order {
		same := groups[taken]
		for _, r := range same {
			w.comment(r)
		}
		w.deny(allOperations(taken), same, "\n  ", "")
	}
}

// taken returns what the deny r takes from any grant.
func (w *writer) taken(r *rule) set {
	var all set
	for i := range w.grants {
		all |= r.takes(&w.grants[i])
	}
	return all
}

// deny writes one rule that denies ops, if any, for all of denies.
func (w *writer) deny(ops string, denies []*rule, before, after string) {
	if ops != "" {
		w.text("(deny" + ops)
		w.everySpelling(denies, before, after)
		w.text(")\n")
	}
}

// everySpelling writes the filters of denies: their paths, other names for
// these, and expressions for what a volume may take for them.
func (w *writer) everySpelling(denies []*rule, before, after string) {
	write := func(name, value string) {
		w.text(before)
		w.filter(name, value)
		w.text(after)
	}
	var all variants
	for _, d := range denies {
		for _, path := range spellings(d.path) {
			write("subpath", path)
		}
		if other := onVolume(d.path); other != "" && w.covered(other) {
			write("subpath", other)
		}
		all.add(d.path, w.anchors(d, (*rule).respelled))
	}
	for _, re := range all.expressions("(/|$)") {
		write("regex", re)
	}
}

// covered reports whether the text of some grant would cover path if the kernel
// used that spelling.
func (w *writer) covered(path string) bool {
	for i := range w.grants {
		if g := &w.grants[i]; g.beneath != 0 && spec.Beneath(path, g.path) {
			return true
		}
	}
	return false
}

// anchors returns the paths of the grants g of which matters(d, g) is true, but
// for those beneath another. What a grant names exists, so down to there the
// kernel has one spelling, and it is the grant's.
func (w *writer) anchors(d *rule, matters func(d, g *rule) bool) []string {
	var at []string
	for i := range w.grants { // by depth
		g := &w.grants[i]
		if matters(d, g) &&
			!slices.ContainsFunc(at, func(a string) bool { return a == g.path || spec.Beneath(g.path, a) }) {
			at = append(at, g.path)
		}
	}
	return at
}

// pins writes what stays where and what it is: the paths of the grants, for a
// grant is of what lies beneath, and what is on the way to a deny, for Seatbelt
// goes by paths. It comes last, since no grant gives it back.
func (w *writer) pins() {
	var paths []string
	pin := func(path string) {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for i := range w.grants {
		g := &w.grants[i]
		if !g.beneath.has(Create) && !g.itself.has(Attr) {
			continue
		}
		if granted, _ := decide(w.all, Create, g.path); !granted {
			pin(g.path)
		}
	}
	var all variants
	for i := range w.all {
		d := &w.all[i]
		if d.grants() {
			continue
		}
		for _, a := range w.anchors(d, (*rule).makes) {
			for n := depth(a) + 1; n < depth(d.path); n++ {
				path, _ := names(d.path, n)
				pin(path)
				all.add(path, []string{a})
			}
		}
	}
	if len(paths) == 0 {
		return
	}
	w.text("\n; What is granted, and what leads to what is denied, stays what and where it is.\n" +
		"(deny" + operations(Create) + operations(Remove))
	for _, path := range paths {
		for _, path := range spellings(path) {
			w.text("\n  ")
			w.filter("literal", path)
		}
	}
	for _, re := range all.expressions("$") {
		w.text("\n  ")
		w.filter("regex", re)
	}
	w.text(")\n")
}

// variants collects paths to match in any spelling, by the directory they are in.
type variants []variant

type variant struct {
	anchor, dir string // dir is what lies between the anchor and the names
	names       []string
}

// add adds path beneath each of the anchors, unless it has but one spelling.
func (all *variants) add(path string, anchors []string) {
	for _, a := range anchors {
		_, tail := names(path, depth(a))
		if tail == "" || !spellable(tail) && spec.Beneath(path, a) {
			continue
		}
		cut := strings.LastIndexByte(tail, '/')
		dir, name := tail[:cut], tail[cut+1:]
		i := slices.IndexFunc(*all, func(v variant) bool { return v.anchor == a && v.dir == dir })
		if i < 0 {
			i = len(*all)
			*all = append(*all, variant{anchor: a, dir: dir})
		}
		if v := &(*all)[i]; !slices.Contains(v.names, name) {
			v.names = append(v.names, name)
		}
	}
}

// longest is about how long an expression may become before another is begun.
const longest = 4000

// expressions returns regular expressions for all that was added, each with end.
func (all variants) expressions(end string) []string {
	var out []string
	for _, v := range all {
		head := []byte{'^'}
		if v.anchor != "/" {
			head = appendExact(head, v.anchor)
		}
		head = append(appendFold(head, v.dir), '/')
		for rest := v.names; len(rest) > 0; {
			re := append(slices.Clone(head), '(')
			re = appendFold(re, rest[0])
			for rest = rest[1:]; len(rest) > 0 && len(re) < longest; rest = rest[1:] {
				re = appendFold(append(re, '|'), rest[0])
			}
			out = append(out, string(re)+")"+end)
		}
	}
	return out
}
