package profile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
)

func TestNames(t *testing.T) {
	home := t.TempDir()
	write(t, home, "ok-1_2.X", "net-block")
	if err := os.WriteFile(filepath.Join(home, ".config", "nono", "secret.profile"), []byte("net-block"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load([]string{"ok-1_2.X"}, words, env(home)); err != nil {
		t.Error(err)
	}
	for _, n := range []string{"", ".", "..", "../secret", "/etc/passwd", "a/b", ".hidden", "-x", "a b", "a\x00", "a\n", "é", strings.Repeat("a", 65)} {
		if _, err := Load([]string{n}, words, env(home)); err == nil || !strings.Contains(err.Error(), "is no name of a profile") {
			t.Errorf("%q: %v", n, err)
		}
	}
	const none, rule = "there is none of that name", "that is no name of a profile: letters, digits, '-', '_' and '.' make one"
	for _, c := range []struct{ name, want, hint string }{
		{"gti", none, "--list-profiles lists them"},
		{"claude-cod", none, "did you mean 'claude-code'? --list-profiles lists them"},
		{"claude", none, "did you mean 'claude-code'? --list-profiles lists them"},
		{"git,go,ok-1_2.X", rule, "each has its flag: --profile git --profile go --profile ok-1_2.X"},
		{"git,../x", rule, "--list-profiles lists them"},
		{"./mine.profile", rule, "put it into ~/.config/nono/profiles, and use --profile mine"},
		{"../x", rule, "--list-profiles lists them"},
	} {
		_, err := Load([]string{c.name}, words, env(home))
		if want := "cannot use profile '" + c.name + "': " + c.want; err == nil || err.Error() != want || fault.HintOf(err) != c.hint {
			t.Errorf("error %v\nhint  %q\nwant  %q\nhint  %q", err, fault.HintOf(err), want, c.hint)
		}
	}
}

func TestHidesBuiltin(t *testing.T) {
	home := t.TempDir()
	dir := write(t, home, "go", "allow /mine", "zz", "")
	p, err := Load([]string{"go"}, words, env(home))
	if err != nil || len(p.Lines) != 1 || p.Lines[0].Value != "/mine" {
		t.Errorf("%+v %v", p, err)
	}
	list, err := List(env(home))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Entry{}
	for i, e := range list {
		found[e.Name] = e
		if i > 0 && list[i-1].Name >= e.Name {
			t.Error("not sorted:", e.Name)
		}
		if e.File == "" && (e.About == "" || strings.HasPrefix(e.About, "#")) {
			t.Errorf("the first line of the built-in %q is not '# %s: WHAT IT IS'", e.Name, e.Name)
		}
	}
	if e := found["go"]; !e.Hides || e.File != filepath.Join(dir, "go.profile") {
		t.Errorf("%+v", e)
	}
	if e := found["zz"]; e.Hides || e.File == "" {
		t.Errorf("%+v", e)
	}
	for _, n := range []string{"claude-code", "opencode", "openclaw", "codex", "gemini", "node", "python", "rust", "git"} {
		if found[n].Name == "" {
			t.Errorf("there is no %s", n)
		}
	}
}

func TestUnsafeFiles(t *testing.T) {
	for _, c := range []struct {
		name, want string
		spoil      func(dir, file string) error
	}{
		{"group writes", "others can write to it", func(_, f string) error { return os.Chmod(f, 0o620) }},
		{"others write", "others can write to it", func(_, f string) error { return os.Chmod(f, 0o602) }},
		{"directory", "its directory is not safe: others can write to it", func(d, _ string) error { return os.Chmod(d, 0o777) }},
		{"no file", "it is not a regular file", func(_, f string) error { return errors.Join(os.Remove(f), os.Mkdir(f, 0o700)) }},
		{"fifo", "it is not a regular file", func(_, f string) error { return errors.Join(os.Remove(f), mkfifo(f)) }},
		{"dangling symlink", "it is a symlink that leads nowhere", func(_, f string) error { return errors.Join(os.Remove(f), os.Symlink("/nosuch", f)) }},
		{"symlink loop", "too many levels of symbolic links", func(_, f string) error { return errors.Join(os.Remove(f), os.Symlink(f, f)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			dir := write(t, home, "go", "net-block") // a name with a built-in, which must not be used instead
			file := filepath.Join(dir, "go.profile")
			if err := c.spoil(dir, file); err != nil {
				t.Fatal(err)
			}
			_, err := Load([]string{"go"}, words, env(home))
			if err == nil || err.Error() != "cannot read the profile "+fault.Quote(file)+": "+c.want {
				t.Error(err)
			}
		})
	}
	t.Run("another user's", func(t *testing.T) {
		home := t.TempDir()
		write(t, home, "go", "net-block")
		e := env(home)
		if e.UID == 0 {
			t.Skip("what belongs to root is trusted; run as an ordinary user")
		}
		e.UID++
		if _, err := Load([]string{"go"}, words, e); err == nil || !strings.Contains(err.Error(), "it belongs to another user") {
			t.Error(err)
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("root reads everything; run as an ordinary user")
		}
		home := t.TempDir()
		dir := write(t, home, "go", "net-block")
		if err := os.Chmod(filepath.Join(dir, "go.profile"), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Load([]string{"go"}, words, env(home)); err == nil || !strings.HasSuffix(err.Error(), "permission denied") {
			t.Error(err)
		}
	})
	t.Run("symlink to a safe file", func(t *testing.T) {
		home := t.TempDir()
		dir := write(t, home, "go", "")
		real := filepath.Join(home, "dotfile")
		if err := errors.Join(os.WriteFile(real, []byte("net-block"), 0o600), os.Remove(filepath.Join(dir, "go.profile")), os.Symlink(real, filepath.Join(dir, "go.profile"))); err != nil {
			t.Fatal(err)
		}
		if p, err := Load([]string{"go"}, words, env(home)); err != nil || len(p.Lines) != 1 {
			t.Error(p, err)
		}
	})
}

func TestNoHome(t *testing.T) {
	e := env("")
	if _, err := Load([]string{"codex"}, Words{"read-file": Path}, e); err == nil || !strings.Contains(err.Error(), "HOME is not set") {
		t.Error(err)
	}
	if _, err := List(e); err != nil {
		t.Error(err)
	}
}

// TestProfilesInTheWorkingDirectory: one that the environment finds where a command in
// a sandbox could have made it is refused.
func TestProfilesInTheWorkingDirectory(t *testing.T) {
	home := t.TempDir()
	for _, dir := range []string{"project/xdg", "conf", ".config"} {
		if err := os.MkdirAll(filepath.Join(home, dir, "nono/profiles"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, dir, "nono/profiles/x.profile"), []byte("net-block\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("project", home+"/link"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config, work string
		fails        bool
	}{
		{"", "project", false},
		{"project/xdg", "project", true},
		{"link/xdg", "project", true},
		{"project/xdg", "link", true},
		{"project/xdg", "project/xdg/nono", true},
		{"project/xdg", "project/sub", true},
		{"project/xdg", "conf", false},
		{"conf", "", false}, // the home
		{".config", ".config", false},
		{"conf", "conf", true},
	} {
		e := env(home)
		if c.config != "" {
			e = env(home, "XDG_CONFIG_HOME", home+"/"+c.config)
		}
		e.UID, e.Workdir = os.Getuid(), filepath.Join(home, c.work)
		_, err := Load([]string{"x"}, words, e)
		if failed := err != nil; failed != c.fails {
			t.Errorf("XDG_CONFIG_HOME=%q in %q: %v", c.config, c.work, err)
		}
	}
}
