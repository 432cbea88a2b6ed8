package seatbelt

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

var update = flag.Bool("update", false, "write the golden profiles anew")

// golden returns the specs of testdata/golden by name.
func golden(t testing.TB) map[string]*spec.Spec {
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
	for name, s := range golden(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			got, err := Profile(s)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(name+".sb", got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name + ".sb")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the profile differs from %s.sb; go test -update writes it anew:\n%s", name, got)
			}
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
