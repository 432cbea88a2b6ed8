package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/carve"
)

func TestChains(t *testing.T) {
	b := newBox(t)
	b.mkdir("home/.ssh", "home/.config/app", "home/.local/bin", "home/code/deep/dir", "project/sub/private")
	b.file("project/sub/file", "")
	rel := func(dirs []string) string {
		var out []string
		for _, d := range dirs {
			name, _ := b.rel(d)
			out = append(out, name)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ grants, closed, unlisted string }{
		{"allow project", "", ""},
		{"allow home", "home home/.config home/.local", "home"},
		{"write home", "home home/.config home/.local", ""},
		{"read home", "", "home"},
		{"allow home/.config", "home/.config", ""},
		{"allow project; deny project/sub/file", "project project/sub", ""},
		{"allow project; deny project/sub/private", "project project/sub", "project project/sub"},
		{"read project; allow project/sub; deny project/sub/private", "project/sub", "project project/sub"},
		{"allow project; deny project/absent/x", "project", ""},
		{"allow project; deny-write project/sub/private", "project project/sub", ""},
		{"allow project/sub; deny project", "", ""}, // the deny is above
		{"allow project; deny project/sub; allow project/sub/private", "project", "project"},
		{"read bin", "", ""},
	} {
		p := b.grants(strings.Split(c.grants, "; ")...)
		if rel(p.Closed) != c.closed || rel(p.Unlisted) != c.unlisted {
			t.Errorf("%s: closed %q, unlisted %q; want %q, %q", c.grants, rel(p.Closed), rel(p.Unlisted), c.closed, c.unlisted)
		}
		if closed, unlisted := b.carved(p); rel(closed) != c.closed || rel(unlisted) != c.unlisted {
			t.Errorf("%s: the carve closes %q and leaves %q unlisted", c.grants, rel(closed), rel(unlisted))
		}
	}
	if p := b.grants("allow /"); !slices.Contains(p.Closed, "/") || !slices.Contains(p.Unlisted, "/") {
		t.Errorf("of the root: %q, %q", p.Closed, p.Unlisted)
	}
}

// carved returns what the shim would close and leave unlisted in the box.
func (b *box) carved(p *Policy) (closed, unlisted []string) {
	b.t.Helper()
	chains, err := carve.Rules(p.Spec, func(*carve.Rule) error { return nil })
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range chains {
		if _, ok := b.rel(c.Path); !ok {
			continue
		}
		if c.Lost&carve.Create != 0 {
			closed = append(closed, c.Path)
		}
		if c.Lost&carve.List != 0 {
			unlisted = append(unlisted, c.Path)
		}
	}
	slices.Sort(closed)
	slices.Sort(unlisted)
	return closed, unlisted
}
