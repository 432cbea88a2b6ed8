package ephemeral

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// After the run another one puts a symlink where the granted directory was, or where the
// directory of a granted file was. Nothing that the link leads to is touched or shown.
func TestSwappedForALink(t *testing.T) {
	for name, swap := range map[string]string{"the directory": "mv %/original %/away; ln -s %/other %/original", "its parent": "mv % %.away; mkdir %; ln -s %.away/other %/original"} {
		t.Run(name, func(t *testing.T) {
			s := play(t, os.Getuid() != 0, t.TempDir(), "echo old > a", "echo evil > a; echo evil > keys; rm -f gone")
			base := filepath.Dir(s.original)
			shell(t, base, strings.ReplaceAll("mkdir %/other; echo mine > %/other/a; "+swap, "%", base))
			real, err := filepath.EvalSymlinks(s.original)
			if err != nil {
				t.Fatal(err)
			}
			before := snapshot(real)
			if _, err := s.run.Changes(); err == nil || !strings.Contains(err.Error(), "symbolic link") {
				t.Errorf("changes: %v", err)
			}
			if _, err := s.run.Keep(nil, true); err == nil || !strings.Contains(err.Error(), "symbolic link") {
				t.Errorf("keep: %v", err)
			}
			if _, err := s.run.Discard([]string{s.original}); err == nil {
				t.Error("a part was thrown away")
			}
			if now := snapshot(real); now != before {
				t.Errorf("changed: %s", difference(before, now))
			}
			if err := s.run.Delete(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a file", func(t *testing.T) {
		base := t.TempDir()
		shell(t, base, "mkdir d other; echo old > d/f; echo mine > other/f")
		store := Store{Dir: filepath.Join(base, "store")}
		r, err := store.Create([]string{"test"}, base, []Tree{{Path: filepath.Join(base, "d/f"), File: true}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		shell(t, base, "echo evil > "+r.Upper(0)+"; mv d away; ln -s other d")
		if _, err := r.Keep(nil, true); err == nil {
			t.Error("kept")
		}
		if b, _ := os.ReadFile(filepath.Join(base, "other/f")); string(b) != "mine\n" {
			t.Errorf("changed: %q", b)
		}
	})
}

// A copied file gets its second name from the file itself, and not from what has come to
// lie at its path.
func TestPlacedLink(t *testing.T) {
	base := t.TempDir()
	shell(t, base, "mkdir d o; echo one > d/f; echo secret > o/f")
	d, err := openOriginal(nil, filepath.Join(base, "d"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	st, err := d.stat("f")
	if err != nil {
		t.Fatal(err)
	}
	p := placed{filepath.Join(base, "d/f"), st.Dev, st.Ino}
	if ok, err := p.link(d, "g"); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	for _, swap := range []string{"mv d/f d/was; ln o/f d/f", "rm d/f; ln -s ../o/f d/f", "mv d D; ln -s o d"} {
		shell(t, base, swap)
		if ok, err := p.link(d, "h"); ok || err != nil {
			t.Errorf("%s: %v, %v", swap, ok, err)
		}
	}
}
