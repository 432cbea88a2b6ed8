package undo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv/tree"
)

// After random operations, undo gives back the tree bit for bit: wherever the store
// is, and whether the run ended or was killed.
func TestRandomOperations(t *testing.T) {
	other := otherFS(t)
	seeds := uint64(120)
	if os.Getenv("NONO_LONG") != "" {
		seeds = 800
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			storeIn := t.TempDir()
			if seed%3 == 0 {
				storeIn = fmt.Sprintf("%s/%d", other, seed)
			}
			a, dir := scene(t, storeIn)
			a.Rand = rand.New(rand.NewPCG(seed, 2))
			before := tree.Snapshot(t, a.root)
			for i := range 30 + int(seed%200) {
				a.one(i)
			}
			ended := seed%4 != 3
			if ended {
				if err := a.j.End(); err != nil {
					t.Fatal(err)
				}
			}
			h, err := Read(dir, []string{a.root})
			if err != nil {
				t.Fatal(err)
			}
			out, err := h.Undo(nil, !ended)
			if err != nil {
				t.Fatal(err)
			}
			if t.Failed() || os.Getenv("SHOW") != "" {
				b, _ := os.ReadFile(store{dir}.journal())
				t.Logf("%s", b)
			}
			if out.All {
				os.RemoveAll(dir) // as is done then
			}
			if got := tree.Snapshot(t, a.root); got != before {
				t.Fatalf("undo gives back another tree:\n%s", tree.Difference(before, got))
			}
			if !out.All || len(out.Left) > 0 || len(out.Lost) > 0 {
				t.Errorf("undo says %+v", out)
			}
		})
	}
}
