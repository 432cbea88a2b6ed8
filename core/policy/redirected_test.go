package policy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
)

// A symlink in the home must not lead a grant that nobody typed to what is
// protected; what the hint says opens it.
func TestRedirected(t *testing.T) {
	for _, c := range []struct {
		name, link, to string
		grants         []string
		by             string // what is in the way, or ""
		granted        string // the line that there is then
	}{
		{"a profile, astray", "home/state/x", "../.ssh", []string{"read@p home/state/x"}, "SSH keys", ""},
		{"a profile and the user", "home/state/x", "../.ssh", []string{"read@p home/state/x", "read home/.ssh"}, "", "read home/.ssh"},
		{"the user, all", "home/state/x", "../.ssh", []string{"read@p home/state/x", "allow home/.ssh"}, "", "allow home/.ssh"},
		{"the user, less", "home/state/x", "../.ssh", []string{"allow@p home/state/x", "read home/.ssh"}, "SSH keys", ""},
		{"the user, elsewhere", "home/state/x", "../.ssh", []string{"read@p home/state/x", "allow project"}, "SSH keys", ""},
		{"the user, above", "home/state/x", "../.ssh", []string{"read@p home/state/x", "read home"}, "SSH keys", ""},
		{"a profile, to what is free", "home/state", "notes", []string{"read@p home/state"}, "", "read home/notes"},
		{"a profile, to a blocked command", "home/x", "../bin/rm", []string{"read-file@p home/x"}, "blocked command: file destruction", ""},
		{"a profile and the user, to a blocked command", "home/state/x", "../../bin/rm", []string{"read-file@p home/state/x", "read-file bin/rm"}, "", "read-file bin/rm"},
		{"every sandbox, to a directory", "home/.config/git/ignore", "../../.ssh/key", []string{"read project"}, "SSH keys", ""},
		{"every sandbox, to a file", "home/.config/git/ignore", "../../.netrc", []string{"read project"}, "credential files", ""},
		{"every sandbox, and the user", "home/.config/git/ignore", "../../.ssh/key", []string{"read-file home/.ssh/key"}, "", "read-file home/.ssh/key"},
		{"every sandbox, to what is free", "home/.config/git/ignore", "../../notes/ignore", []string{"read project"}, "", "read-file? home/notes/ignore"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.uid = os.Getuid()
			b.file("home/.ssh/key", "secret")
			b.file("home/.netrc", "secret")
			b.file("home/notes/ignore", "")
			b.file("bin/rm", script)
			b.mkdir("project")
			b.symlink(c.to, c.link)
			p, err := b.compile(Options{Grants: b.parse(c.grants...)})
			switch {
			case c.by == "" && err != nil:
				t.Errorf("%v, hint %q", err, fault.HintOf(err))
			case c.by == "" && !slices.Contains(b.lines(p), c.granted):
				t.Errorf("%q, and not %q", b.lines(p), c.granted)
			case c.by != "" && err == nil:
				t.Errorf("%q", b.lines(p))
			case c.by != "":
				at, _ := b.rel(err.(*fault.Error).Path)
				if why := err.(*fault.Error).Err.Error(); at != c.link || !strings.HasSuffix(why, "which is protected ("+c.by+")") {
					t.Errorf("%s: %s", at, why)
				}
			}
		})
	}
}
