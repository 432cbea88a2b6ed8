package seatbelt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv/golden"
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
		s, err := spec.Parse(doc)
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
			got, err := Profile(s)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, name+".sb", string(got))
			if _, err := load(string(got)); err != nil {
				t.Error(err)
			}
			again, _ := Profile(s)
			if !bytes.Equal(got, again) {
				t.Error("a second profile of the same spec is another")
			}
		})
	}
}
