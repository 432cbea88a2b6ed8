package query

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
)

// Who watches from the start on answers as who carves everything at once, about what only
// root can change too, by whatever name.
func TestWatching(t *testing.T) {
	testenv.RequireRoot(t, "have a directory that another user cannot change")
	// Not beneath the tests' own temporary directory, which only root may search.
	dir, err := os.MkdirTemp("/tmp", "nono-query-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, d := range []string{"fixed", "fixed/sub", "own", "shut"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"fixed/tool", "fixed/denied", "fixed/sub/f", "fixed/linked", "own/a", "own/denied", "shut/f"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"fixed/denied": "fixed/alias", "fixed/linked": "shut/linked"} {
		if err := os.Link(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(dir, "own"), testenv.Nobody, testenv.Nobody); err != nil {
		t.Fatal(err)
	}
	s := &spec.Spec{Paths: []spec.Path{
		{Kind: spec.Read, Path: dir + "/fixed", By: spec.ParseOrigin("system")},
		{Kind: spec.Deny, Path: dir + "/fixed/denied", By: spec.ParseOrigin("blocked command: x")},
		{Kind: spec.Allow, Path: dir + "/own", By: spec.ParseOrigin("--allow own")},
		{Kind: spec.Deny, Path: dir + "/own/denied", By: spec.ParseOrigin("--deny own/denied")},
	}}
	testenv.AsNobody(t, func() {
		whole, err := New(s, 7, "/")
		if err != nil {
			t.Error(err)
			return
		}
		watching, err := Watching(s, 7)
		if err != nil {
			t.Error(err)
			return
		}
		if c := watching.rules.(*carved); len(c.fixed) != 1 || len(c.of) >= len(whole.rules.(*carved).of) {
			t.Errorf("%d directories are left for later", len(c.fixed))
		}
		for path, allowed := range map[string]bool{"fixed/tool": true, "fixed/denied": false, "fixed/alias": false, "fixed/sub/f": true, "fixed/linked": true,
			"shut/linked": true, "shut/f": false, "own/a": true, "own/denied": false} {
			for _, op := range []Op{Read, Execute, Write} {
				q := Question{Op: op, Path: filepath.Join(dir, path)}
				want, got := whole.Ask(q), watching.Afresh("/").Ask(q)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s: %s", op, path, diff)
				}
				if op == Read && (want.Status == Allowed) != allowed {
					t.Errorf("%s is %s", path, want.Status)
				}
			}
		}
		// What comes later to a directory that the user can change was given nothing.
		late := filepath.Join(dir, "own", "late")
		if err := os.WriteFile(late, nil, 0o644); err != nil {
			t.Error(err)
		}
		if v := watching.Afresh("/").Ask(Question{Op: Read, Path: late}); v.Status != Denied {
			t.Errorf("a file that came later is %s", v.Status)
		}
	})
}
