package testenv

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table in core/README.md says in which order packages may import one
// another. It names all of them, and they keep to it on every system.
func TestArrows(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		order = append(order, row[1])
	}
	const core = "github.com/nono-sandbox/nono/core/"
	for _, system := range []string{"linux", "darwin", "freebsd"} {
		cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", core+"...")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		var found []string
		for line := range strings.Lines(string(out)) {
			f := strings.Fields(line)
			name, _, nested := strings.Cut(strings.TrimPrefix(f[0], core), "/")
			if nested {
				continue // a part of the package above it
			}
			found = append(found, name)
			for _, path := range f[1:] {
				used, ours := strings.CutPrefix(path, core)
				if ours && slices.Index(order, used) >= slices.Index(order, name) {
					t.Errorf("%s: %s imports %s, which is not above it", system, name, used)
				}
			}
		}
		slices.Sort(found)
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(found, sorted) {
			t.Errorf("%s: the packages are %q, and the table has %q", system, found, sorted)
		}
	}
}
