// Package golden is for tests only: what a test made is held against a file that
// people have read. `go test -update` writes the files anew; what has changed is
// then to be looked at.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Check fails the test unless got is what the file holds.
func Check(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, []byte(got), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	now, before := strings.SplitAfter(got, "\n"), strings.SplitAfter(string(want), "\n")
	n := 0
	for n < min(len(now), len(before))-1 && now[n] == before[n] {
		n++
	}
	t.Errorf("%s, line %d (go test -update writes the file anew):\n got %q\nwant %q", file, n+1, now[n], before[n])
}
