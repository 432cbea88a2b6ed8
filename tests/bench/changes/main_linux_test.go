package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// Each row measures something, which one round is enough to see.
func TestRows(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if out, err := exec.Command("unshare", "-rm", "true").CombinedOutput(); err != nil {
		t.Skipf("no user namespace can be made here: %s", out)
	}
	program := testenv.Build(t, ".")
	out, err := exec.Command(program, "-bin", suite.Build(t, suite.Newest).Dir, "-rounds", "1", "-kept", "20", "-large", "20", "-only", "launch|write|keep|large").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for row, ways := range map[string]int{"launch of true": 4, "first write of a small file": 4, "20 new files": 2, "launch, 20 files": 4} {
		if n := strings.Count(string(out), row+" "); n < ways {
			t.Errorf("%q stands there %d times, want %d:\n%s", row, n, ways, out)
		}
	}
}
