package seatbelt

import (
	"bytes"
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

func TestGolden(t *testing.T) {
	for name, s := range specs(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			got, err := Profile(s, "/Users/u/src/app")
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, name+".sb", string(got))
			if _, err := load(string(got)); err != nil {
				t.Error(err)
			}
			again, _ := Profile(s, "/Users/u/src/app")
			if !bytes.Equal(got, again) {
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
	text, err := os.ReadFile("testdata/golden/agent.sb")
	if err != nil {
		t.Fatal(err)
	}
	forms, err := sbpl.Read(string(text))
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
