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
	const programs = "bin/nono bin/nono-ask bin/nono-audit bin/nono-ephemeral bin/nono-exec-shim bin/nono-hook bin/nono-learn bin/nono-overlay bin/nono-policy bin/nono-policy-sigstore bin/nono-run bin/nono-supervise bin/nono-why"
	for _, c := range []struct{ grants, want string }{
		{"allow project", programs + " libexec/nono share/nono shell"},
		{"write project/bin", programs},
		{"allow project/libexec", "libexec/nono"},
		{"allow project/share", "share/nono"},
		{"read project", ""},
		{"allow home", ""},
		{"allow-file project/bin/nono-run", ""},
	} {
		b := newBox(t)
		b.mkdir("project/bin", "project/libexec/nono", "project/share", "project/shell/inside")
		b.file("project/shell/nono.bash", "") // a clone's
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

// TestBeforeNono: a directory of PATH that the command may fill, and in which a nono
// would be found before nono's own, is told.
func TestBeforeNono(t *testing.T) {
	for _, c := range []struct{ path, grants, want string }{
		{"project/.venv/bin:nono/bin:bin", "allow project", "project/.venv/bin"},
		{"nono/bin:project/.venv/bin", "allow project", ""},
		{"project/.venv/bin:nono/bin", "read project", ""},
		{"project/.venv/bin:bin", "allow project", ""}, // nono is not found by PATH
		{"project/.venv/bin:project/link:nono/bin", "allow project", "project/.venv/bin"},
		{"home/.local/bin:nono/bin", "allow home", ""}, // protected
		{"project/node_modules/.bin:project/.venv/bin:nono/bin", "allow project/.venv", "project/.venv/bin"},
		{"./.venv/bin:nono/bin", "allow project", "project/.venv/bin"},
		{".:nono/bin", "allow project", "project"},
		{"-:nono/bin", "allow project", "project"},
		{"nono/bin:-", "allow project", ""},
		{"../project/.venv/bin:nono/bin", "read project", ""},
	} {
		b := newBox(t)
		b.mkdir("project/.venv/bin", "project/node_modules/.bin", "nono/bin", "home/.local/bin")
		b.symlink(".venv/bin", "project/link")
		var path []string
		for dir := range strings.SplitSeq(c.path, ":") {
			if dir[0] != '.' && dir[0] != '-' {
				dir = b.root + "/" + dir
			}
			path = append(path, strings.TrimPrefix(dir, "-")) // "-" is an empty entry
		}
		b.env["PATH"] = strings.Join(path, ":")
		p := b.must(Options{Grants: b.parse(c.grants), Tools: []string{b.root + "/nono/bin/nono-why"}})
		var got []string
		for _, dir := range p.BeforeNono {
			got = append(got, dir[len(b.root)+1:])
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("PATH=%s with %s: %q, want %q", c.path, c.grants, text, c.want)
		}
	}
}
