package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
)

// store makes a store, and a directory with a profile in it.
func store(t *testing.T, name string) (Store, string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HOME": filepath.Join(root, "home")}
	return Trust(func(n string) string { return env[n] }, os.Geteuid()), dir
}

// What is remembered is for the directory and the text, whatever the names are.
func TestStanding(t *testing.T) {
	for _, name := range []string{"p", "two words", "new\nline", "\xff\xfe", "..p", ".nono.profile", strings.Repeat("x", 255)} {
		s, dir := store(t, name)
		look := func(want Standing, text, was string) Project {
			t.Helper()
			p, err := Look(dir, s)
			if err != nil || p.Standing != want || p.Text != text || p.Was != was {
				t.Errorf("%q: %v, %+v", name, err, p)
			}
			return p
		}
		write := func(text string) {
			if err := os.WriteFile(filepath.Join(dir, Name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		look(None, "", "")
		write("a\n")
		p := look(New, "a\n", "")
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
		look(Trusted, "a\n", "a\n")
		write("b\n")
		p = look(Changed, "b\n", "a\n")
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
		look(Trusted, "b\n", "b\n")
		if list, err := s.List(); err != nil || len(list) != 1 || list[0] != p.File {
			t.Errorf("%q: %q, %v", name, list, err)
		}
		os.Remove(p.File)
		look(Gone, "", "b\n")
		if was, err := s.Remove(p.File); !was || err != nil {
			t.Errorf("%q: %v, %v", name, was, err)
		}
		look(None, "", "")
		if was, err := s.Remove(p.File); was || err != nil {
			t.Errorf("%q, again: %v, %v", name, was, err)
		}
		if left, _ := os.ReadDir(s.dir); len(left) != 0 {
			t.Errorf("%q: left %v", name, left)
		}
	}
}

// The nearest trusted file above is found; the directory's own, and one that is not trusted,
// are none.
func TestAbove(t *testing.T) {
	s, dir := store(t, "p/q/r")
	top := filepath.Dir(filepath.Dir(dir))
	above := func(dir, want string) {
		t.Helper()
		if got := s.Above(dir); got != want {
			t.Errorf("above %s: %q, want %q", dir, got, want)
		}
	}
	above(dir, "")
	for _, at := range []string{top, dir} {
		if err := os.WriteFile(filepath.Join(at, Name), []byte("a\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	above(dir, "")
	p, err := Look(top, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(p); err != nil {
		t.Fatal(err)
	}
	above(dir, p.File)
	above(top, "")
	above("/", "")
	link := filepath.Join(filepath.Dir(top), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	above(link, p.File)
	above(filepath.Join(dir, "none"), "")
}

// A path that no copy can have is not trusted, and that is told.
func TestTooLong(t *testing.T) {
	s, dir := store(t, "p")
	s.dir = filepath.Join(s.dir, strings.Repeat(strings.Repeat("y", 200)+"/", 20))
	if err := s.Add(Project{File: filepath.Join(dir, Name)}); err == nil {
		t.Error("no error")
	}
}

// Without a home nothing is trusted.
func TestNoHome(t *testing.T) {
	_, dir := store(t, "p")
	s := Trust(func(string) string { return "" }, os.Geteuid())
	if err := os.WriteFile(filepath.Join(dir, Name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Look(dir, s)
	if err != nil || p.Standing != New {
		t.Errorf("%v, %+v", err, p)
	}
	if err := s.Add(p); err == nil {
		t.Error("no error")
	}
}

// A store that the environment has moved to where a run could have made it, since the run
// was granted a directory above the project, says nothing.
func TestMovedStore(t *testing.T) {
	top := t.TempDir()
	env := map[string]string{"HOME": top + "/home"}
	for state, refused := range map[string]bool{"": false, "/home/state": false, "/home/code/.state": true, "/home/code/sub/.state": true} {
		if env["XDG_STATE_HOME"] = ""; state != "" {
			env["XDG_STATE_HOME"] = top + state
		}
		dir := top + "/home/code/sub"
		s := Trust(func(n string) string { return env[n] }, os.Geteuid())
		copied := filepath.Join(s.dir, dir)
		for _, d := range []string{dir, copied} {
			if err := os.MkdirAll(d, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(d, Name), []byte("a\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p, err := Look(dir, s)
		if refused != (err != nil) || !refused && p.Standing != Trusted {
			t.Errorf("%q: %+v, %v", state, p, err)
		}
	}
}

// A trusted text is not lost by modes, which a command in a sandbox can change. Where the
// file is gone the deny in it would be lost without a word.
func TestModes(t *testing.T) {
	for name, c := range map[string]struct {
		mode os.FileMode
		root bool // it is refused for root too, whom modes do not keep out
		hint string
	}{
		"":            {0o600, false, "chmod u+rwx "},
		"/..":         {0, false, "chmod u+rwx "},
		"/../..":      {0o600, false, "chmod u+rwx "},
		"DIR":         {0, false, "chmod u+rwx "},
		"DIR/..":      {0o600, false, "chmod u+rwx "},
		"DIR/" + Name: {0, false, "chmod u+r "},
		"/":           {0o777, true, "chmod -R go= "},
	} {
		s, dir := store(t, "p")
		p := Project{File: filepath.Join(dir, Name), Text: "deny x\n"}
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
		at := filepath.Clean(s.dir + strings.Replace(name, "DIR", dir, 1))
		if err := os.Chmod(at, c.mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(at, 0o700) })
		got, err := Look(dir, s)
		if os.Geteuid() == 0 && !c.root {
			if err != nil || got.Standing != Gone {
				t.Errorf("%s: %+v, %v", at, got, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(fault.HintOf(err), c.hint) {
			t.Errorf("%s: %+v, %v, %q", at, got, err, fault.HintOf(err))
		}
	}
}
