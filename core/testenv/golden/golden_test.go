package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// said is a test that only notes what it is told.
type said struct {
	testing.TB
	text string
}

func (s *said) Helper()                      {}
func (s *said) Errorf(form string, a ...any) { s.text += fmt.Sprintf(form, a...) }

func TestCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		"one\ntwo\n":        "",
		"one\nTWO\n":        "line 2 (go test -update writes the file anew):\n got \"TWO\\n\"\nwant \"two\\n\"",
		"one\ntwo":          "line 2 (go test -update writes the file anew):\n got \"two\"\nwant \"two\\n\"",
		"one\ntwo\nthree\n": "line 3 (go test -update writes the file anew):\n got \"three\\n\"\nwant \"\"",
		"one":               "line 1 ",
		"":                  "line 1 ",
	} {
		s := &said{TB: t}
		Check(s, file, got)
		if (s.text == "") != (want == "") || !strings.Contains(s.text, want) {
			t.Errorf("%q: %q, want %q", got, s.text, want)
		}
	}
}
