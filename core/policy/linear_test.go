package policy

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// TestManyGrantsAreLinear counts what Compile allocates for many grants, each
// with denies beneath: ten times as many must not take more than some ten times
// as much.
func TestManyGrantsAreLinear(t *testing.T) {
	b := newBox(t)
	const most = 10_000 // grants, of a tenth as many directories: making them takes longest
	dirs := make([]string, most/10)
	for i := range dirs {
		dirs[i] = fmt.Sprintf("%s/d%d/e%d", b.project, i%10, i)
		if err := os.MkdirAll(dirs[i], 0o755); err != nil {
			t.Fatal(err)
		}
	}
	measure := func(n int) (allocs float64, lines int) {
		o := Options{}
		for i, d := range dirs[:n/10] {
			o.Grants = append(o.Grants, Grant{Kind: spec.Allow, Path: d})
			for j := range 9 {
				o.Grants = append(o.Grants, Grant{Kind: spec.Deny, Path: fmt.Sprintf("%s/%d/%d", d, j, i)},
					Grant{Kind: spec.ReadFile, Path: fmt.Sprintf("%s/missing%d", d, j), From: "p"})
			}
		}
		allocs = testing.AllocsPerRun(1, func() { lines = len(b.must(o).Spec.Paths) })
		return allocs, lines
	}
	_, base := measure(10)
	few, fewLines := measure(most / 10)
	many, manyLines := measure(most)
	if fewLines-base != most/10-10 || manyLines-base != most-10 {
		t.Errorf("%d and %d lines, with %d for ten", fewLines, manyLines, base)
	}
	if many > 12*few {
		t.Errorf("%.0f allocations for %d grants, %.0f for %d", few, most/10, many, most)
	}
}

// TestOneLineForOneGrant: repeating oneself changes nothing.
func TestOneLineForOneGrant(t *testing.T) {
	b := newBox(t)
	once := b.lines(b.grants("read project", "deny home"))
	again := b.lines(b.grants("read project", "deny home", "read home/../project", "read project/.", "deny home"))
	if !slices.Equal(once, again) {
		t.Errorf("%q, and again %q", once, again)
	}
}
