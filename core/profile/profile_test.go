package profile

import (
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
		{"no value", "allow", "line 1 of FILE: 'allow' needs a value after it", ""},
		{"only a comment for a value", "allow # x", "line 1 of FILE: 'allow' needs a value after it", ""},
		{"a value too many", "allow /a\nnet-block false", "line 2 of FILE: 'net-block' stands alone, without a value", ""},
		{"relative", "allow src", "line 1 of FILE: the path 'src' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"the working directory", "allow .", "line 1 of FILE: the path '.' is not absolute", "write '$WORKDIR'"},
		{"in the working directory", "allow ./src", "line 1 of FILE: the path './src' is not absolute", "write '$WORKDIR/src'"},
		{"another's home", "allow ~bob/x", "line 1 of FILE: the path '~bob/x' is not absolute", "begin it with '~/', '$WORKDIR/', another variable or '/'"},
		{"variable", "deny $HOMER/x", "line 1 of FILE: there is no variable '$HOMER'", "did you mean '$HOME'?"},
		{"variable of the environment", "deny /a/$SECRETS", "line 1 of FILE: there is no variable '$SECRETS'", ""},
		{"workdir", "workdir rw", "line 1 of FILE: 'workdir' needs none, read, write or readwrite", ""},
		{"workdir alone", "workdir", "line 1 of FILE: 'workdir' needs a value after it", ""},
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
		{"carriage returns alone", "# mine\rdeny ~/vault\r", "line 1 of FILE: the line has a carriage return in it, which ends no line here", ""},
		{"a colon at the end", "deny ~/vault:", "line 1 of FILE: the path '~/vault:' ends in a sign that belongs to no name", ""},
		{"a comment by a dash", "deny ~/vault — my keys", "line 1 of FILE: a comment has a line of its own, and a path with such a dash in it has quotes: '~/vault — my keys'", ""},
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
		"macos":                 "needs a line after it",
		"macos allow":           "needs a value after it",
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
