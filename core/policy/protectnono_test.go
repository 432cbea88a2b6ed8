package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// TestItself: nono's own programs cannot be changed from inside, installed beside
// one another or not, there or not; a grant of one by its name lifts that.
func TestItself(t *testing.T) {
	for _, c := range []struct{ grants, want string }{
		{"allow project", "bin/nono bin/nono-exec-shim bin/nono-run bin/nono-why libexec/nono/nono-exec-shim share/nono"},
		{"write project/bin", "bin/nono bin/nono-exec-shim bin/nono-run bin/nono-why"},
		{"allow project/libexec", "libexec/nono/nono-exec-shim"},
		{"allow project/share", "share/nono"},
		{"read project", ""},
		{"allow home", ""},
		{"allow-file project/bin/nono-run", ""},
	} {
		b := newBox(t)
		b.mkdir("project/bin", "project/libexec/nono", "project/share")
		for _, name := range []string{"nono", "nono-run", "nono-why"} {
			b.file("project/bin/"+name, "")
		}
		p := b.must(Options{Grants: b.parse(c.grants), Tools: []string{b.project + "/bin/nono-why", b.project + "/bin/nono"}})
		var got []string
		for _, l := range p.Spec.Paths {
			if l.By == byNono && l.Kind == spec.DenyWrite {
				got = append(got, l.Path[len(b.project)+1:])
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %q, want %q", c.grants, text, c.want)
		}
		if lifted := len(p.Lifted) > 0; lifted != (c.grants == "allow-file project/bin/nono-run") {
			t.Errorf("%s: lifted %v", c.grants, p.Lifted)
		}
	}
}
