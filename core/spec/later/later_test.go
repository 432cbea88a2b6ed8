package later

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

func TestUnasked(t *testing.T) {
	s := &spec.Spec{Unasked: []spec.Path{{Kind: spec.Allow}, {Kind: spec.Read, Path: "/a/b"}, {Kind: spec.ReadFile, Path: "/f"}}}
	for _, c := range []struct {
		kind spec.Kind
		path string
		want bool
	}{
		{spec.Allow, "/x", true}, {spec.Write, "/x", false}, {spec.Read, "/a/b", true}, {spec.Read, "/a", true}, {spec.Read, "/", true},
		{spec.Read, "/a/b/c", false}, {spec.Read, "/a/bc", false}, {spec.ReadFile, "/f", true}, {spec.ReadFile, "/g", false}, {spec.AllowFile, "/f", false},
	} {
		if got := Unasked(s, c.kind, c.path) != nil; got != c.want {
			t.Errorf("%s %s: %v", c.kind, c.path, got)
		}
	}
}
