package profile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nono-sandbox/nono/core/fault"
)

// words are a few flags of each kind.
var words = Words{"allow": Path, "read-file": Path, "deny": Path, "allow-env": Text, "allow-command": Text, "allow-rmdir": None, "net-block": None}

// env is a user whose home is dir.
func env(dir string, set ...string) Env {
	vars := map[string]string{"HOME": dir}
	for i := 0; i < len(set); i += 2 {
		vars[set[i]] = set[i+1]
	}
	return Env{Getenv: func(n string) string { return vars[n] }, UID: os.Getuid(), Workdir: "/work dir"}
}

// write makes profiles of the user's own: name, text, name, text …
func write(t *testing.T, home string, files ...string) string {
	t.Helper()
	dir := filepath.Join(home, ".config", "nono", "profiles")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]+".profile"), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []Line // without Profile and Pos
	}{
		{"empty", "", nil},
		{"comments and blank lines", "# a\n\n  # b\n\t#c\r\n", nil},
		{"path", "allow /a/b", []Line{{Word: "allow", Value: "/a/b"}}},
		{"tabs and spaces around", "\t allow \t /a/b \t\r\n", []Line{{Word: "allow", Value: "/a/b"}}},
		{"tab alone between", "allow\t/a", []Line{{Word: "allow", Value: "/a"}}},
		{"spaces within", "allow /a b/c  d", []Line{{Word: "allow", Value: "/a b/c  d"}}},
		{"comment behind", "allow /a # why", []Line{{Word: "allow", Value: "/a"}}},
		{"comment behind a tab", "allow /a\t# why", []Line{{Word: "allow", Value: "/a"}}},
		{"no comment without a space", "allow /a#b", []Line{{Word: "allow", Value: "/a#b"}}},
		{"quotes", `deny "/my #1 dir;" # why`, []Line{{Word: "deny", Value: "/my #1 dir;"}}},
		{"quotes around a home", `allow "~/x"`, []Line{{Word: "allow", Value: "/h o/x"}}},
		{"comment behind a deny", "deny /a # why", []Line{{Word: "deny", Value: "/a"}}},
		{"bare", "net-block", []Line{{Word: "net-block"}}},
		{"bare with comment", "net-block # why", []Line{{Word: "net-block"}}},
		{"cleaned", "allow /a//b/./c/..", []Line{{Word: "allow", Value: "/a/b"}}},
		{"text is taken as it is", "allow-env $HOME", []Line{{Word: "allow-env", Value: "$HOME"}}},
		{"a path named true", "allow /true", []Line{{Word: "allow", Value: "/true"}}},
		{"a text named true", "allow-env true", []Line{{Word: "allow-env", Value: "true"}}},
		{"not ASCII", "allow /é/名", []Line{{Word: "allow", Value: "/é/名"}}},
		{"home", "allow ~\nallow ~/x\nallow $HOME/x", []Line{{Word: "allow", Value: "/h o"}, {Word: "allow", Value: "/h o/x"}, {Word: "allow", Value: "/h o/x"}}},
		{"variables", "deny $WORKDIR/a\ndeny $TMPDIR/$UID-x\ndeny $XDG_CONFIG_HOME/a\ndeny $XDG_DATA_HOME/a\ndeny $XDG_CACHE_HOME\ndeny $XDG_STATE_HOME/a",
			[]Line{{Word: "deny", Value: "/work dir/a"}, {Word: "deny", Value: "/tmp/7-x"}, {Word: "deny", Value: "/conf/a"},
				{Word: "deny", Value: "/h o/.local/share/a"}, {Word: "deny", Value: "/h o/.cache"}, {Word: "deny", Value: "/h o/.local/state/a"}}},
		{"nothing else expands", "allow /a/~/$b/${HOME}/*/$(id)/`id`/$", []Line{{Word: "allow", Value: "/a/~/$b/${HOME}/*/$(id)/`id`/$"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := env("/h o", "XDG_CONFIG_HOME", "/conf", "XDG_CACHE_HOME", "relative")
			e.UID = 7
			l := &loader{words: words, env: e, out: &Profile{}}
			src := source{name: "x", label: "'x'"}
			_, err := parse(c.text, func(n int, word, value string) error { return l.line(src, n, word, value) })
			if err != nil {
				t.Fatal(err)
			}
			for i := range l.out.Lines {
				l.out.Lines[i].Profile, l.out.Lines[i].Pos = "", ""
			}
			if d := cmp.Diff(c.want, l.out.Lines); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, text, want, hint string }{
		{"unknown", "\n# c\nalow /a", "line 3 of FILE: there is no directive 'alow'", "did you mean 'allow'?"},
		{"as on the command line", "--allow /a", "line 1 of FILE: there is no directive '--allow'", "did you mean 'allow'?"},
		{"nothing like it", "frobnicate", "line 1 of FILE: there is no directive 'frobnicate'", "nono-profile(5) lists them"},
		{"a flag that no profile has", "dry-run", "line 1 of FILE: there is no directive 'dry-run'", "nono-profile(5) lists them"},
		{"no value", "allow", "line 1 of FILE: 'allow' wants a value behind it", ""},
		{"only a comment for a value", "allow # x", "line 1 of FILE: 'allow' wants a value behind it", ""},
		{"a value too many", "allow /a\nnet-block false", "line 2 of FILE: 'net-block' stands alone, without a value", ""},
		{"relative", "allow src", "line 1 of FILE: the path 'src' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"the working directory", "allow .", "line 1 of FILE: the path '.' is not absolute", "write '$WORKDIR'"},
		{"in the working directory", "allow ./src", "line 1 of FILE: the path './src' is not absolute", "write '$WORKDIR/src'"},
		{"another's home", "allow ~bob/x", "line 1 of FILE: the path '~bob/x' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"variable", "deny $HOMER/x", "line 1 of FILE: there is no variable '$HOMER'", "did you mean '$HOME'?"},
		{"variable of the environment", "deny /a/$SECRETS", "line 1 of FILE: there is no variable '$SECRETS'", ""},
		{"workdir", "workdir rw", "line 1 of FILE: 'workdir' wants none, read, write or readwrite", ""},
		{"workdir alone", "workdir", "line 1 of FILE: 'workdir' wants a value behind it", ""},
		{"create relative", "create x", "line 1 of FILE: the path 'x' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"a pattern in a deny that stands nowhere", "deny vault/*", "line 1 of FILE: the path 'vault/*' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"a pattern in a grant", "allow **/vault", "line 1 of FILE: the path '**/vault' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"a sign behind a deny", "net-block\ndeny ~/vault;", "line 2 of FILE: the path '~/vault;' ends in a sign that belongs to no name", ""},
		{"two paths behind a deny", "deny ~/vault, ~/keys", "line 1 of FILE: a line has one path, and a path with such a blank in it has quotes: '~/vault, ~/keys'", ""},
		{"braces in a deny", "deny-write ~/{a,b}", "line 1 of FILE: the path '~/{a,b}' has braces, which stand for no other names here: write a line for each", ""},
		{"an unseen sign in a deny", "deny ~/va\u200bult", `line 1 of FILE: the path $'~/va\342\200\213ult' has a character that cannot be seen`, ""},
		{"a comment or a name behind a deny", "deny ~/my #1 dir", "line 1 of FILE: '#' may begin a comment or be of the path: write '# ' for a comment, or the path in quotes", ""},
		{"an open quote", `deny "~/vault`, "line 1 of FILE: the value is not quoted as it should be", ""},
		{"more behind the quotes", `deny "~/vault" x`, "line 1 of FILE: the value is not quoted as it should be", ""},
		{"control character in quotes", `deny "~/va\x1bult"`, "line 1 of FILE: the line has a control character", ""},
		{"control character", "allow /a\x1b[2J", "line 1 of FILE: the line has a control character", ""},
		{"NUL", "allow /a\x00b", "line 1 of FILE: the line has a control character", ""},
		{"tab in a path", "allow /a\tb", "line 1 of FILE: the line has a control character", ""},
		{"not UTF-8", "allow /a\xff", "line 1 of FILE: the line is not UTF-8", ""},
		{"long line", "net-block\nallow /" + strings.Repeat("a", 70000) + "\nnet-block", "line 2 of FILE: the line is longer than 8 KiB", ""},
		{"large", strings.Repeat("net-block\n", 120000), "FILE: it is larger than 1 MiB", ""},
		{"missing include", "profile nosuch", "line 1 of FILE: there is no profile 'nosuch'", "--list-profiles lists them"},
		{"mistyped include", "profile nodde", "line 1 of FILE: there is no profile 'nodde'", "did you mean 'node'? --list-profiles lists them"},
		{"include by path", "profile ../x", "line 1 of FILE: '../x' is no name of a profile: letters, digits, '-', '_' and '.' make one", "--list-profiles lists them"},
		{"includes itself", "profile x", "line 1 of FILE: it includes itself: FILE includes FILE", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			file := fault.Quote(filepath.Join(write(t, home, "x", c.text), "x.profile"))
			p, err := Load([]string{"x"}, words, env(home))
			if err == nil {
				t.Fatalf("no error, but %+v", p)
			}
			want := "cannot use profile 'x': " + strings.ReplaceAll(c.want, "FILE", file)
			if err.Error() != want || fault.HintOf(err) != c.hint {
				t.Errorf("error %q\nhint  %q\nwant  %q\nhint  %q", err, fault.HintOf(err), want, c.hint)
			}
			if p != nil {
				t.Error("a profile all the same")
			}
		})
	}
}

// A line can be for one system alone; its mistakes are everybody's.
func TestPlatforms(t *testing.T) {
	const text = "allow /both\nmacos allow ~/Library/x\nlinux\tallow   /linux # why\nmacos net-block\n" +
		"macos create $HOME/made\nmacos workdir read\nlinux profile other\n"
	for goos, want := range map[string]struct {
		lines, create string
		workdir       Access
	}{
		"darwin": {"allow /both, allow HOME/Library/x, net-block", "HOME/made", Read},
		"linux":  {"allow /both, allow /linux, allow /included", "", 0},
	} {
		home := t.TempDir()
		write(t, home, "x", text, "other", "allow /included\nmacos allow /not\n")
		e := env(home)
		e.GOOS = goos
		p, err := Load([]string{"x"}, words, e)
		if err != nil {
			t.Fatal(err)
		}
		var lines, create []string
		for _, l := range p.Lines {
			lines = append(lines, strings.TrimRight(l.Word+" "+l.Value, " "))
		}
		for _, c := range p.Create {
			create = append(create, c.Path)
		}
		short := strings.NewReplacer(home, "HOME")
		if got := short.Replace(strings.Join(lines, ", ")); got != want.lines {
			t.Errorf("%s: %s", goos, got)
		}
		if got := short.Replace(strings.Join(create, ", ")); got != want.create || p.Workdir != want.workdir {
			t.Errorf("%s: creates %s, workdir %s", goos, got, p.Workdir)
		}
	}
	for text, want := range map[string]string{
		"macos":                 "wants a line behind it",
		"macos allow":           "wants a value behind it",
		"macos nonsense /x":     "there is no directive 'nonsense'",
		"linux macos allow /x":  "there is no directive 'macos'",
		"macos allow $NOTHING/": "there is no variable '$NOTHING'",
		"macos allow x":         "is not absolute",
	} {
		for _, goos := range []string{"darwin", "linux"} {
			home := t.TempDir()
			write(t, home, "x", text)
			e := env(home)
			e.GOOS = goos
			if _, err := Load([]string{"x"}, words, e); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s on %s: %v", text, goos, err)
			}
		}
	}
}

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

func TestIncludes(t *testing.T) {
	home := t.TempDir()
	write(t, home,
		"a", "profile b\nprofile c\nallow /a\nworkdir read\ncreate /made",
		"b", "profile d\nallow /b\nworkdir write\ncreate /made",
		"c", "profile d\nallow /c\nworkdir none",
		"d", "allow /d\ncreate-json /d.json",
		"git", "profile git\nallow /mine",
		"loop1", "profile loop2", "loop2", "\nprofile loop1")
	p, err := Load([]string{"a", "b"}, words, env(home))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, l := range p.Lines {
		values = append(values, l.Profile+":"+l.Value)
	}
	if d := cmp.Diff([]string{"d:/d", "b:/b", "c:/c", "a:/a"}, values); d != "" {
		t.Error("each once, included ones first:", d)
	}
	if d := cmp.Diff([]string{"d", "b", "c", "a"}, p.Names); d != "" {
		t.Error(d)
	}
	if p.Workdir != Read|Write || p.WorkdirBy != "a" {
		t.Errorf("workdir %v by %q", p.Workdir, p.WorkdirBy)
	}
	if d := cmp.Diff([]New{{"/d.json", true}, {"/made", false}}, p.Create); d != "" {
		t.Error(d)
	}

	_, err = Load([]string{"loop1"}, words, env(home))
	if err == nil || !strings.Contains(err.Error(), "line 2 of ") || !strings.Contains(err.Error(), "it includes itself: ") {
		t.Error(err)
	}

	all := Words{"read-file": Path, "read": Path, "allow": Path, "allow-rmdir": None}
	p, err = Load([]string{"git"}, all, env(home))
	if err != nil {
		t.Fatal("a profile that adds to the one it hides:", err)
	}
	if len(p.Lines) < 3 || p.Lines[len(p.Lines)-1].Value != "/mine" || len(p.Names) != 1 {
		t.Errorf("%+v", p)
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
