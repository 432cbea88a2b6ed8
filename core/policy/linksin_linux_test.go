package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// TestLinksThatCannotBeSeen: a command in a sandbox may take away the user's own permissions
// for a directory, so that the next start does not see where the symlinks lead.
func TestLinksThatCannotBeSeen(t *testing.T) {
	const fails = "cannot protect what symlinks lead to from"
	for _, c := range []struct {
		name, shut string
		mode       os.FileMode
		fails      string
	}{
		{"all can be seen", "", 0, ""},
		{"the directory itself", "home/.local/bin", 0, fails},
		{"it can be listed alone", "home/.local/bin", 0o600, fails},
		{"it can be searched alone", "home/.local/bin", 0o300, fails},
		{"one above", "home/.local", 0, fails},
		{"on the way of a symlink", "project/a", 0, fails},
		{"on the way of a symlink, and can be listed", "project/a", 0o600, fails},
		{"where a second symlink is", "project/b", 0o600, fails},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.uid = testenv.Ordinary().UID
			b.mkdir("home/.local/bin", "project/a", "project/b")
			b.file("project/tool", "")
			b.file("project/a/bashrc", "")
			b.symlink("../../../project/tool", "home/.local/bin/tool")
			b.symlink("../project/a/bashrc", "home/.bashrc")
			b.symlink("../tool", "project/b/netrc")
			b.symlink("../project/b/netrc", "home/.netrc")
			filepath.WalkDir(b.root, func(path string, _ os.DirEntry, _ error) error {
				testenv.Ordinary().Own(t, path)
				return nil
			})
			os.Chmod(filepath.Dir(b.root), 0o755)
			if c.shut != "" {
				os.Chmod(b.root+"/"+c.shut, c.mode)
				defer os.Chmod(b.root+"/"+c.shut, 0o755)
			}
			var p *Policy
			var err error
			compile := func() { p, err = b.compile(Options{Grants: b.parse("allow project")}) }
			if os.Geteuid() == 0 {
				testenv.AsNobody(t, compile)
			} else {
				compile()
			}
			switch {
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
				t.Errorf("%v, want %s", err, c.fails)
			case c.fails == "" && err != nil:
				t.Error(err)
			case c.fails == "":
				b.has(p, "deny-write project/tool", "deny project/a/bashrc")
			}
		})
	}
}
