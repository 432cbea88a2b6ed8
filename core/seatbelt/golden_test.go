package seatbelt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/testenv/golden"
	"github.com/nono-sandbox/nono/core/testenv/sbpl"
)

// specs returns the specs of testdata/golden by name.
func specs(t testing.TB) map[string]*spec.Spec {
	t.Helper()
	files, err := filepath.Glob("testdata/golden/*.spec")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Fatalf("testdata/golden has %d specs only", len(files))
	}
	all := map[string]*spec.Spec{}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := document.Parse(doc)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(file, ".spec")] = s
	}
	return all
}

// goldenText returns the profile of a spec.
func goldenText(t testing.TB, s *spec.Spec) string {
	t.Helper()
	got, err := Profile(s, "/Users/u/src/app")
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// What every profile begins with stands in the file of the empty spec alone.
func TestGolden(t *testing.T) {
	const empty, last, same = "testdata/golden/empty", "\n(allow file-ioctl (regex \"^/dev/ttys[0-9]+$\"))\n", "; as empty.sb begins\n"
	all := specs(t)
	start, _, found := strings.Cut(goldenText(t, all[empty]), last)
	if !found || strings.Count(start, "\n") < 50 {
		t.Fatalf("what every profile begins with is not found:\n%s", start)
	}
	start += last
	for name, s := range all {
		t.Run(filepath.Base(name), func(t *testing.T) {
			got := goldenText(t, s)
			if rest, ok := strings.CutPrefix(got, start); name == empty {
				golden.Check(t, name+".sb", got)
			} else if golden.Check(t, name+".sb", same+rest); !ok {
				t.Errorf("the profile does not begin as that of the empty spec:\n%s", got)
			}
			if _, err := load(got); err != nil {
				t.Error(err)
			}
			if goldenText(t, s) != got {
				t.Error("a second profile of the same spec is another")
			}
		})
	}
}

// Every operation, filter and service of the first profile has a source.
func TestEveryNameHasASource(t *testing.T) {
	doc, err := os.ReadFile("SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := strings.NewReplacer(`\*`, "*", "`", "").Replace(string(doc))
	forms, err := sbpl.Read(goldenText(t, specs(t)["testdata/golden/agent"]))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var look func(e sbpl.Expr)
	look = func(e sbpl.Expr) {
		for _, sub := range e.List {
			look(sub)
		}
		name, service := strings.CutPrefix(e.Atom, "com.apple.")
		if e.List != nil || e.Str && !service || !strings.ContainsAny(e.Atom, "-.") {
			return
		}
		n++
		if !strings.Contains(sources, name) {
			t.Errorf("SOURCES.md says nothing of %s", e.Atom)
		}
	}
	for _, f := range forms {
		look(f)
	}
	if n < 50 {
		t.Errorf("%d names only: the test proves nothing", n)
	}
}
