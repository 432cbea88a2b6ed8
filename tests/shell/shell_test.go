// Package shell drives bash, zsh and fish through a terminal, with the suite
// installed as make install does it.
package shell

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) {
	// Terminals are waited for most of the time, however few processors there
	// are.
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(testenv.Main(m))
}

// A user's installation and home.
type user struct {
	prefix, home string
	env          []string
}

// newUser installs the suite into a prefix and makes a home with a project, a
// secret beside it, and stand-ins for the agents.
func newUser(t *testing.T) user {
	t.Helper()
	// Short, since the tests look for whole lines; without symlinks.
	dir, err := os.MkdirTemp("/tmp", "ns")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if dir, err = filepath.EvalSymlinks(dir); err != nil { // macOS's /tmp is one
		t.Fatal(err)
	}
	u := user{prefix: filepath.Join(dir, "p"), home: filepath.Join(dir, "h")}
	s := suite.Build(t, suite.Newest)
	install := exec.Command("sh", filepath.Join(suite.Root(t), "packaging", "install"), "", u.prefix, s.Dir)
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("packaging/install: %v\n%s", err, out)
	}
	for name, text := range map[string]string{
		"project/sub/file": "content\n",
		"secret":           "a secret\n",
		"bin/mycmd":        "#!/bin/sh\necho \"mycmd: $*\"\n",
		"bin/claude":       "#!/bin/sh\nprintf 'claude in %s:' \"$PWD\"; printf ' <%s>' \"$@\"; echo\necho made >made-by-claude\n",
		"bin/opencode":     "#!/bin/sh\necho \"opencode: $*\"\n",
		"bin/openclaw":     "#!/bin/sh\necho \"openclaw: $*\"\n",
		// The user's own profiles hide those that come along, so that this does
		// not depend on what these grant.
		".config/nono/profiles/claude-code.profile": "workdir readwrite\n",
		".config/nono/profiles/opencode.profile":    "workdir readwrite\n",
		".config/nono/profiles/openclaw.profile":    "workdir readwrite\n",
	} {
		path := filepath.Join(u.home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(u.home, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	u.env = []string{"HOME=" + u.home, "TMPDIR=" + u.home + "/tmp", "LC_ALL=C.UTF-8", "XDG_DATA_DIRS=" + u.prefix + "/share:/usr/share",
		"PATH=" + u.prefix + "/bin:" + u.home + "/bin:/usr/local/bin:/usr/bin:/bin"}
	return u
}

func (u user) share(name string) string { return filepath.Join(u.prefix, "share/nono", name) }

func (u user) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(u.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A kind is one shell: how it starts, and how it spells what the scenario needs.
type kind struct {
	name string
	// rc is its start-up file and what stands in it before and behind nono's.
	rc, before, source, behind string
	argv                       []string
	isFunction                 string // what `type nono` says of a function
	stopped                    string // what job control says
	status                     string
}

var kinds = []kind{
	{name: "bash", rc: ".bashrc", source: ". %s", argv: []string{"bash"},
		before: "PS1='> '; set -u\n", behind: "complete -W alphabet mycmd; complete -W --resume claude\n",
		isFunction: "nono is a function", stopped: "Stopped", status: "$?"},
	{name: "bash-with-completions", rc: ".bashrc", source: ". %s", argv: []string{"bash"},
		before:     "PS1='> '\n. /usr/share/bash-completion/bash_completion\n",
		behind:     "complete -W alphabet mycmd; complete -W --resume claude\n",
		isFunction: "nono is a function", stopped: "Stopped", status: "$?"},
	{name: "zsh", rc: ".zshrc", source: ". %s", argv: []string{"zsh"},
		before:     "PS1='> '; setopt nounset no_list_beep; autoload -Uz compinit; compinit -u -D\n",
		behind:     "_mycmd() { compadd alphabet }; compdef _mycmd mycmd; _claude() { compadd -- --resume }; compdef _claude claude\n",
		isFunction: "nono is a shell function", stopped: "suspended", status: "$?"},
	{name: "zsh-compinit-behind", rc: ".zshrc", source: ". %s", argv: []string{"zsh"},
		before: "PS1='> '\n",
		behind: "autoload -Uz compinit; compinit -u -D\n" +
			"_mycmd() { compadd alphabet }; compdef _mycmd mycmd; _claude() { compadd -- --resume }; compdef _claude claude\n",
		isFunction: "nono is a shell function", stopped: "suspended", status: "$?"},
	{name: "fish", rc: ".config/fish/config.fish", source: "source %s", argv: []string{"fish"},
		before:     "function fish_prompt; echo -n '> '; end; function fish_greeting; end; function fish_title; end; set -g fish_autosuggestion_enabled 0\n",
		behind:     "complete -c mycmd -f -a alphabet; complete -c claude -f -l resume\n",
		isFunction: "nono is a function", stopped: "stopped", status: "$status"},
}

func (k kind) file() string {
	name, _, _ := strings.Cut(k.name, "-")
	return "nono." + name
}

// start makes the start-up file and opens the shell in the project.
func (k kind) start(t *testing.T, u user) *terminal {
	t.Helper()
	if _, err := exec.LookPath(k.argv[0]); err != nil {
		t.Skip(k.argv[0] + " is not installed, so it was not driven")
	}
	if strings.Contains(k.before, "/usr/share/bash-completion") {
		if _, err := os.Stat("/usr/share/bash-completion/bash_completion"); err != nil {
			t.Skip("bash-completion is not installed, so bash was driven only without it")
		}
	}
	u.write(t, k.rc, k.before+strings.Replace(k.source, "%s", u.share(k.file()), 1)+"\n"+k.behind)
	return open(t, u.home, "> ", u.env, "sh", "-c", "cd ~/project && exec "+k.argv[0])
}

func each(t *testing.T, f func(t *testing.T, u user, k kind)) {
	testenv.RequireLandlock(t, 1)
	for _, k := range kinds {
		// The others differ in how completions are set up, and in nothing else.
		if strings.Contains(k.name, "-") && t.Name() != "TestCompletion" {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			u := newUser(t)
			t.Parallel() // it is mostly waiting
			f(t, u, k)
		})
	}
}
