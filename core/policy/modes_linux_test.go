package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// TestModesHideNothing: a command in a sandbox can take away its user's permissions for a
// directory and give them back in the next run. What a start cannot see because of that, it
// does not leave open.
func TestModesHideNothing(t *testing.T) {
	for _, c := range []struct {
		name, grants, shut string
		mode               os.FileMode
	}{
		{"a pattern", "allow project\ndeny **/.env", "project/sub", 0},
		{"a pattern, and names can be read", "allow project\ndeny **/.env", "project/sub", 0o600},
		{"a pattern to be read only", "allow project\ndeny-write **/.env", "project/sub", 0o300},
		{"a deny by two symlinks", "allow project\ndeny link", "project/mid", 0},
		{"a deny by two symlinks, and names can be read", "allow project\ndeny link", "project/mid", 0o600},
		{"submodules", "allow project\nrepo", "project/.git/modules", 0o300},
		{"other work trees", "allow project\nrepo", "project/.git/worktrees", 0},
		{"a submodule", "allow project\nrepo", "project/.git/modules/m", 0o600},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.uid = testenv.Ordinary().UID
			b.mkdir("project/sub/deep", "project/mid", "project/.git/hooks", "project/.git/modules/m/n", "project/.git/worktrees/w")
			b.file("project/sub/deep/.env", "")
			b.file("project/key", "")
			b.symlink("../key", "project/mid/second")
			b.symlink("project/mid/second", "link")
			filepath.WalkDir(b.root, func(path string, _ os.DirEntry, _ error) error {
				testenv.Ordinary().Own(t, path)
				return nil
			})
			os.Chmod(filepath.Dir(b.root), 0o755)
			grants, repo := strings.CutSuffix(c.grants, "\nrepo")
			compile := func() (err error) {
				work := func() {
					_, err = b.compile(Options{Grants: b.parse(strings.Split(grants, "\n")...), Watch: Watch{ProtectRepo: repo}})
				}
				if os.Geteuid() == 0 {
					testenv.AsNobody(t, work)
				} else {
					work()
				}
				return err
			}
			if err := compile(); err != nil {
				t.Fatalf("the control: %v", err)
			}
			os.Chmod(b.root+"/"+c.shut, c.mode)
			defer os.Chmod(b.root+"/"+c.shut, 0o755)
			err := compile()
			if err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%v", err)
			}
		})
	}
}
