package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// TestHelpFitsATerminal: no line of a program's help is longer than 80 columns.
func TestHelpFitsATerminal(t *testing.T) {
	s := suite.Build(t, suite.Newest)
	programs, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	helped := 0
	for _, p := range programs {
		for _, flag := range []string{"-h", "--help"} {
			out, _ := exec.Command(filepath.Join(s.Dir, p.Name()), flag).Output() // what has no help prints none
			if len(out) > 0 {
				helped++
			}
			for line := range strings.Lines(string(out)) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
					t.Errorf("%s %s: %d columns: %s", p.Name(), flag, n, line)
				}
			}
		}
	}
	if helped < 14 {
		t.Errorf("%d helps only", helped)
	}
}
