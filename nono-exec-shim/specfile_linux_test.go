package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// A command that could change the spec of its own sandbox does not start: what one
// run writes, the next one reads.
func TestSpecThatTheCommandCouldChange(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	const (
		kept      = "keep the spec outside of what it grants, or add a line to it: deny-write PATH"
		separated = "copy it to a file of its own"
	)
	for _, c := range []struct {
		name, lines, spec string // spec is the name under which it is given
		at, hint          string // where writing is granted, or ""
	}{
		{"outside of every grant", "allow $D/granted", "$D/kept/s", "", ""},
		{"in a directory to read", "read $D/kept; allow $D/granted", "$D/kept/s", "", ""},
		{"in a directory to write", "write $D/kept", "$D/kept/s", "$D/kept", kept},
		{"in a directory for both", "allow $D/kept", "$D/kept/s", "$D/kept", kept},
		{"far beneath one", "allow $D", "$D/kept/s", "$D", kept},
		{"the file itself", "allow-file $D/kept/s", "$D/kept/s", "$D/kept/s", kept},
		{"the file itself, by another name", "write-file $D/kept/s", "$D/link", "$D/kept/s", kept},
		{"in a private temp", "temp $D/kept", "$D/kept/s", "$D/kept", kept},
		{"a grant with a deny-write on it", "allow $D/kept; deny-write $D/kept/s", "$D/kept/s", "", ""},
		{"a grant with a deny on it", "allow $D/kept; deny $D/kept/s", "$D/kept/s", "", ""},
		{"a grant with a deny of another file", "allow $D/kept; deny $D/kept/other", "$D/kept/s", "$D/kept/s", kept},
		{"a symlink that can be replaced", "allow $D/granted", "$D/granted/link", "$D/granted", kept},
		{"a symlink to a directory that can be replaced", "allow $D/granted", "$D/granted/dir/s", "$D/granted", kept},
		{"through one that cannot", "allow $D/granted", "$D/link", "", ""},
		{"by dots", "allow $D/granted", "$D/granted/../kept/s", "$D/granted", kept},
		{"a second name", "allow $D/granted", "$D/hard", "", separated},
		{"a second name, and nothing to write", "read $D/granted", "$D/hard", "", ""},
		{"redirected", "allow $D/kept", "/dev/stdin", "$D/kept", kept},
		{"redirected from elsewhere", "allow $D/granted", "/dev/stdin", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
				p := newPlace(t, u, shimFor(t, 99))
				p.make(t, "d granted; d kept; f kept/other")
				doc, err := os.ReadFile(p.spec(t, c.lines))
				must := func(err error) {
					t.Helper()
					if err != nil {
						t.Fatal(err)
					}
				}
				must(err)
				must(os.WriteFile(p.in("$D/kept/s"), doc, 0o644))
				u.Own(t, p.in("$D/kept/s"))
				must(os.Symlink("kept/s", p.in("$D/link")))
				must(os.Symlink("../kept/s", p.in("$D/granted/link")))
				must(os.Symlink("../kept", p.in("$D/granted/dir")))
				if strings.HasSuffix(c.spec, "hard") {
					must(os.Link(p.in("$D/kept/s"), p.in("$D/hard")))
				}
				cmd := u.Command(p.shim, p.in(c.spec), "--", probePath(t), "nothing")
				cmd.Dir = filepath.Dir(p.dir)
				if c.spec == "/dev/stdin" {
					f, err := os.Open(p.in("$D/kept/s"))
					must(err)
					defer f.Close()
					cmd.Stdin = f
				}
				got := run(t, cmd)
				why := "writing is granted at '" + p.in(c.at) + "'"
				if c.at == "" {
					why = "it has a second name (a hard link)"
				}
				want := "nono: error: cannot use the spec '" + p.in(c.spec) + "': the command could change it: " + why + "\nnono: hint: " + c.hint + "\n"
				switch {
				case c.hint == "" && got.status != 0:
					t.Errorf("%+v", got)
				case c.hint != "" && (got.status != 125 || got.stderr != want || got.stdout != ""):
					t.Errorf("got %+v, want %s", got, want)
				}
			})
		})
	}
}
