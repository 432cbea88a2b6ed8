package lists

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nono-sandbox/nono/core/spec"
)

var systems = []string{"linux", "darwin"}

func TestEmbeddedListsParse(t *testing.T) {
	for _, goos := range systems {
		sys, err := System(goos)
		if err != nil || len(sys) < 40 {
			t.Errorf("System(%s): %d lines, %v", goos, len(sys), err)
		}
		for _, p := range sys {
			if !p.Optional || !p.Kind.Grants() {
				t.Errorf("System(%s): %+v must be an optional grant", goos, p)
			}
			if k := p.Kind; k != spec.Read && k != spec.ReadFile && k != spec.Device {
				t.Errorf("System(%s): %s %s gives more than a start needs", goos, k, p.Path)
			}
		}
		if l, err := Protect(goos); err != nil || len(l) < 500 {
			t.Errorf("Protect(%s): %d lines, %v", goos, len(l), err)
		}
		if l, err := Commands(goos); err != nil || len(l) < 150 {
			t.Errorf("Commands(%s): %d lines, %v", goos, len(l), err)
		}
	}
	if e, err := WithheldEnv(); err != nil || len(e.patterns) < 100 {
		t.Errorf("WithheldEnv: %d lines, %v", len(e.patterns), err)
	}
}

// A system that nono does not know gets no grants, and the common protection.
func TestUnknownSystem(t *testing.T) {
	if sys, err := System("plan9"); err != nil || len(sys) != 0 {
		t.Errorf("System(plan9) = %v, %v", sys, err)
	}
	common, err := Protect("plan9")
	if err != nil || len(common) == 0 {
		t.Fatalf("Protect(plan9): %d lines, %v", len(common), err)
	}
	linux, err := Protect("linux")
	if err != nil || len(linux) <= len(common) {
		t.Errorf("Protect(linux) has %d lines, the common list %d, %v", len(linux), len(common), err)
	}
}

func TestNoDuplicates(t *testing.T) {
	once := func(t *testing.T, list string, keys []string) {
		slices.Sort(keys)
		for i := 1; i < len(keys); i++ {
			if keys[i] == keys[i-1] {
				t.Errorf("%s has %q twice", list, keys[i])
			}
		}
	}
	var everywhere []string
	for _, goos := range systems {
		sys, _ := System(goos)
		var keys []string
		for _, p := range sys {
			keys = append(keys, p.Path)
		}
		once(t, "system-"+goos, keys)
		keys = nil
		cmds, _ := Commands(goos)
		for _, c := range cmds {
			keys = append(keys, c.Name, "category "+c.Category+" of "+c.Name)
		}
		once(t, "commands for "+goos, keys)
	}
	// Most files are for all systems, so nothing may be in two of them.
	for _, f := range append(protectedFiles("linux"), file{name: "protected-darwin.list", text: protectedDarwin}) {
		for _, p := range f.all(t) {
			everywhere = append(everywhere, inHome(p.Path))
		}
	}
	once(t, "protected*.list", everywhere)
	env, _ := WithheldEnv()
	var patterns []string
	for _, p := range env.patterns {
		patterns = append(patterns, strconv.FormatBool(p.pass)+p.head+strconv.FormatBool(p.star)+p.rest)
	}
	once(t, "env.list", patterns)
}

// inHome puts an XDG directory where it is by default.
func inHome(path string) string {
	return strings.NewReplacer("$XDG_CONFIG_HOME", "~/.config", "$XDG_DATA_HOME", "~/.local/share",
		"$XDG_STATE_HOME", "~/.local/state", "$XDG_CACHE_HOME", "~/.cache").Replace(path)
}

// A line that another one already implies costs time at every start.
func TestNothingImplied(t *testing.T) {
	for _, goos := range systems {
		list, _ := Protect(goos)
		for i := range list {
			list[i].Path = inHome(list[i].Path)
		}
		for _, p := range list {
			for _, q := range list {
				if spec.Beneath(p.Path, q.Path) && (q.Kind == spec.Deny || p.Kind == q.Kind) {
					t.Errorf("%s: '%s %s' is implied by '%s %s'", goos, p.Kind, p.Path, q.Kind, q.Path)
				}
			}
		}
		sys, _ := System(goos)
		for _, p := range sys {
			for _, q := range sys {
				// A pattern is for the symlinks that lead out of the directory.
				if spec.Beneath(p.Path, q.Path) && p.Kind != spec.Device && q.Kind == spec.Read && !strings.Contains(p.Path, "*") {
					t.Errorf("%s: '%s %s' is implied by 'read %s'", goos, p.Kind, p.Path, q.Path)
				}
			}
		}
	}
}

// variable is how a path of a list begins with one. Lower case has npm alone.
var variable = regexp.MustCompile(`^\$([A-Z][A-Z0-9_]*|npm_config_[a-z]+)(/|$)`)

func TestPathsAreClean(t *testing.T) {
	for _, goos := range systems {
		list, _ := Protect(goos)
		for _, p := range list {
			if strings.ContainsAny(p.Path, "*?[]{}\\") {
				t.Errorf("%s: %q looks like a pattern; what does not exist yet must be held too", goos, p.Path)
			}
			for _, xdg := range []string{"~/.config/", "~/.local/share/", "~/.local/state/", "~/.cache/"} {
				if strings.HasPrefix(p.Path, xdg) {
					t.Errorf("%s: %q would miss a moved XDG directory", goos, p.Path)
				}
			}
			if bad(p.Path) {
				t.Errorf("%s: %q is not clean", goos, p.Path)
			}
			if why := Doubtful(p.Path); why != "" {
				t.Errorf("%s: %s", goos, why)
			}
			if !strings.HasPrefix(p.Path, "~/") && p.Path[0] != '/' && !variable.MatchString(p.Path) {
				t.Errorf("%s: %q begins with neither '~/' nor '/' nor a variable", goos, p.Path)
			}
			if p.Category == "" || p.Category == "own list" {
				t.Errorf("%s: %q has no category", goos, p.Path)
			}
		}
	}
}

func TestErrorsNameFileAndLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"deny ~/.x\n\n# c\nallow ~/y", "line 4 of 'own/protected': a line begins with 'deny' or 'deny-write', not 'allow'"},
		{"~/.x", "line 1 of 'own/protected': a line begins with 'deny' or 'deny-write', not '~/.x'"},
		{"denywrite ~/.x", "line 1 of 'own/protected': a line begins with 'deny' or 'deny-write', not 'denywrite'"},
		{"[x]\r\ndeny", "line 2 of 'own/protected': the path '' must begin with '~/', '$XDG_…/' or '/', and be clean"},
		{"deny .ssh", "line 1 of 'own/protected': the path '.ssh' must begin"},
		{"deny ~", "line 1 of 'own/protected': the path '~' must begin"},
		{"deny ~/", "line 1 of 'own/protected': the path '~/' must begin"},
		{"deny ~root/.ssh", "line 1 of 'own/protected': the path '~root/.ssh' must begin"},
		{"deny /", "line 1 of 'own/protected': the path '/' must begin"},
		{"deny ~/a/../b", "line 1 of 'own/protected': the path '~/a/../b' must begin"},
		{"deny ~/a/./b", "line 1 of 'own/protected': the path '~/a/./b' must begin"},
		{"deny ~/a//b", "line 1 of 'own/protected': the path '~/a//b' must begin"},
		{"deny ~/a/", "line 1 of 'own/protected': the path '~/a/' must begin"},
		{"deny ~/id_*", "line 1 of 'own/protected': the path '~/id_*' must begin"},
		{"deny ~/vault # mine", "line 1 of 'own/protected': a comment has a line of its own, and a path with ' #' in it has quotes: '~/vault # mine'"},
		{"deny ~/my #1 dir", "line 1 of 'own/protected': a comment has a line of its own"},
		{"deny ~/vault\u00a0", `line 1 of 'own/protected': the path $'~/vault\302\240' has a blank at an end that looks like none`},
		{"deny ~/vault\v", `line 1 of 'own/protected': the path $'~/vault\013' has a blank at an end`},
		{"deny ~/va\u200bult", `line 1 of 'own/protected': the path $'~/va\342\200\213ult' has a character that cannot be seen`},
		{"deny ~/va\u00a0ult", `line 1 of 'own/protected': the path $'~/va\302\240ult' has a character that cannot be seen`},
		{"deny ~/vault;", "line 1 of 'own/protected': the path '~/vault;' ends in a sign that belongs to no name"},
		{"deny ~/vault,", "line 1 of 'own/protected': the path '~/vault,' ends in a sign that belongs to no name"},
		{`deny ~/vault\`, `line 1 of 'own/protected': the path '~/vault\' ends in a backslash`},
		{`deny ~/va\ult`, `line 1 of 'own/protected': the path '~/va\ult' has a sign that means itself here`},
		{`deny ~/"vault"`, `line 1 of 'own/protected': the path '~/"vault"' has a sign that means itself here`},
		{"deny ~/vault|~/p", "line 1 of 'own/protected': the path '~/vault|~/p' has a sign"},
		{"deny ~/$USER/vault", "line 1 of 'own/protected': the path '~/$USER/vault' has a variable in the middle"},
		{"deny ~/vault:", "line 1 of 'own/protected': the path '~/vault:' ends in a sign that belongs to no name"},
		{"deny ~/vault:ro", "line 1 of 'own/protected': the path '~/vault:ro' ends in a sign"},
		{"deny ~/vault!", "line 1 of 'own/protected': the path '~/vault!' ends in a sign"},
		{"deny ~/vault — my keys", "line 1 of 'own/protected': a comment has a line of its own, and a path with such a dash"},
		{"deny ~/vault (my keys)", "line 1 of 'own/protected': a comment has a line of its own, and a path with such a dash"},
		{"# mine\rdeny ~/vault\r", "line 1 of 'own/protected': it has a carriage return in it"},
		{"deny ~/vault ~/keys", "line 1 of 'own/protected': a line has one path"},
		{"deny ~/vault /srv/keys", "line 1 of 'own/protected': a line has one path"},
		{"deny ~/vault $XDG_DATA_HOME/keys", "line 1 of 'own/protected': a line has one path"},
		{"deny ~/{vault,keys}", "line 1 of 'own/protected': the path '~/{vault,keys}' has braces"},
		{"deny ~/vault{1..3}", "line 1 of 'own/protected': the path '~/vault{1..3}' has braces"},
		{"deny ~/[v]ault", "line 1 of 'own/protected': the path '~/[v]ault' has a pattern"},
		{"deny ~/vault\xff", `line 1 of 'own/protected': the path $'~/vault\377' is not UTF-8`},
		{"deny '~/vault'", `line 1 of 'own/protected': the path ''\''~/vault'\''' must begin`},
		{`deny "~/vault`, `line 1 of 'own/protected': the path '"~/vault' is not quoted as it should be`},
		{`deny "~/vault" x`, `line 1 of 'own/protected': the path '"~/vault" x' is not quoted as it should be`},
		{`deny "vault"`, `line 1 of 'own/protected': the path '"vault"' must begin`},
		{"deny ~/a\x00b", `line 1 of 'own/protected': the path $'~/a\000b' must begin`},
		{"deny $HOME/.ssh", "line 1 of 'own/protected': the path '$HOME/.ssh' must begin"},
		{"deny $XDG_CONFIG/x", "line 1 of 'own/protected': there is no such directory as in '$XDG_CONFIG/x'"},
		{"deny $XDG_CONFIG_HOME", "line 1 of 'own/protected': there is no such directory as in '$XDG_CONFIG_HOME'"},
		{"[]", "line 1 of 'own/protected': a line begins with 'deny' or 'deny-write', not '[]'"},
		{"deny ~/\x1b]0;x\x07\ndeny x", `line 1 of 'own/protected': the path $'~/\033]0;x\007' has a character that cannot be seen`},
		{"\x1b[2J ~/x", `line 1 of 'own/protected': a line begins with 'deny' or 'deny-write', not $'\033[2J'`},
	} {
		_, err := ParseProtected("own/protected", c.text)
		if err == nil || !strings.HasPrefix(err.Error(), "cannot read "+c.want) {
			t.Errorf("%q: %v\nwant … %s", c.text, err, c.want)
		}
	}
}

func TestOwnList(t *testing.T) {
	got, err := ParseProtected("protected", "deny /srv/keys\n\t deny-write \t ~/my tools \r\n[work]\ndeny? $XDG_DATA_HOME/w\n#deny ~/no\ndeny ~/a#b\ndeny \"~/my #1 dir;\"")
	want := []Protected{
		{spec.Deny, "/srv/keys", "own list", false},
		{spec.DenyWrite, "~/my tools", "own list", false},
		{spec.Deny, "$XDG_DATA_HOME/w", "work", false},
		{spec.Deny, "~/a#b", "work", false},
		{spec.Deny, "~/my #1 dir;", "work", false},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
	if got, err := ParseProtected("empty", ""); err != nil || len(got) != 0 {
		t.Errorf("an empty list: %v, %v", got, err)
	}
}

// all returns what the file says.
func (l file) all(t *testing.T) (list []Protected) {
	t.Helper()
	err := l.protect(func(p Protected) error {
		list = append(list, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
