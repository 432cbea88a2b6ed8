package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// The recipes of CONTRIBUTING.md name files, targets of make, and tests that
// exist.
func TestContributing(t *testing.T) {
	root := suite.Root(t)
	read := func(names ...string) (all string) {
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(root, name))
			must(t, err)
			all += string(text)
		}
		return all
	}
	page := read("CONTRIBUTING.md")
	words := regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(page, -1)
	files := regexp.MustCompile(`^(core|docs|nono-[a-z-]+|packaging|tests|shell)(/[a-z/.0-9-]+)?$`)
	found := 0
	for _, w := range words {
		if !files.MatchString(w[1]) {
			continue
		}
		found++
		if _, err := os.Stat(filepath.Join(root, w[1])); err != nil {
			t.Errorf("CONTRIBUTING.md names %s: %v", w[1], err)
		}
	}
	if found < 20 {
		t.Errorf("only %d files found", found)
	}
	makefiles := read("Makefile", "packaging/targets.mk", "packaging/bench.mk")
	for _, m := range regexp.MustCompile("`(?:[^`\n]* )?make ([a-z-]+)`").FindAllStringSubmatch(page, -1) {
		if !strings.Contains(makefiles, "\n"+m[1]+":") {
			t.Errorf("CONTRIBUTING.md names 'make %s', which does not exist", m[1])
		}
	}
	tests := regexp.MustCompile(`cd (\w+)(?: && |\n)(?:go test )(\./[\w/]+).*?-(?:run|fuzz) '?(\w+)`).FindAllStringSubmatch(page, -1)
	if len(tests) < 2 {
		t.Errorf("only %d tests found", len(tests))
	}
	for _, m := range tests {
		cmd := exec.Command("go", "test", m[2], "-list", "^"+m[3])
		cmd.Dir = filepath.Join(root, m[1])
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains("\n"+string(out), "\n"+m[3]) {
			t.Errorf("cd %s: go test %s -run %s: %v\n%s", m[1], m[2], m[3], err, out)
		}
	}
}
