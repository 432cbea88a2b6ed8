package document

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// FuzzParse holds that Parse survives anything, and that whatever it accepts is
// printed as a document that means the same and prints the same again.
func FuzzParse(f *testing.F) {
	doc, err := os.ReadFile("testdata/design.spec")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	for _, name := range oddNames {
		f.Add([]byte(whole("deny " + strings.TrimPrefix(spec.Path{Kind: spec.Deny, Path: name}.String(), "deny ") + " by \"x\"\n")))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := Parse(doc)
		if err != nil {
			if s != nil {
				t.Fatal("a Spec beside an error")
			}
			return
		}
		printed := Append(nil, s)
		again, err := Parse(printed)
		if err != nil {
			t.Fatalf("%q is accepted, but printed as %q: %v", doc, printed, err)
		}
		if !reflect.DeepEqual(bare(again), bare(s)) {
			t.Fatalf("%q is printed as %q, which means something else", doc, printed)
		}
		if twice := Append(nil, again); !bytes.Equal(twice, printed) {
			t.Fatalf("%q is printed as %q and then as %q", doc, printed, twice)
		}
	})
}
