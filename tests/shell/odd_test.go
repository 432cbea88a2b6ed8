package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// Names that a shell quotes complete as they do behind any other command.
func TestCompletionOfOddNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		for _, dir := range []string{"my dir", "dollar$HOME", "tilde"} {
			if err := os.MkdirAll(filepath.Join(u.home, "project", dir, "in ner"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		term := k.start(t, u)
		quoted := `nono run --allow "my dir/`
		if k.name == "bash" {
			quoted = `nono run --allow "my dir"/` // its own way, behind any command
		}
		for _, c := range [][2]string{
			{`nono run --allow my`, `nono run --allow my\ dir/`},
			{`nono run --allow my\ d`, `nono run --allow my\ dir/`},
			{`nono run --allow "my`, quoted},
			{`ls "my`, strings.Replace(quoted, "nono run --allow", "ls", 1)},
			{`nono run --allow my\ dir/i`, `nono run --allow my\ dir/in\ ner/`},
			{`nono run --allow=my`, `nono run --allow=my\ dir/`},
			{`nono run --allow dol`, `nono run --allow dollar\$HOME/`},
			{`nono run --read ~/project/til`, `nono run --read ~/project/tilde/`},
			{`nono run --allow ./my`, `nono run --allow ./my\ dir/`},
		} {
			term.completes(c[0], c[1])
		}
	})
}

// What a user may have set must neither break the functions nor the completions.
func TestOddSettings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		switch k.name {
		case "bash":
			k.before += "IFS=:; shopt -s nullglob extglob; export CDPATH=/; set -o posix\n"
			k.source = "cd " + u.share("") + "; . ./nono.bash; cd ~/project #"
		case "zsh":
			k.before += "setopt ksh_arrays sh_word_split glob_subst\n"
		case "fish":
			k.before += "set -g fish_complete_path $fish_complete_path; set -g CDPATH /\n"
		}
		u.write(t, "project/a[1].txt", "")
		u.write(t, "project/a1.txt", "")
		term := k.start(t, u)
		if k.name != "zsh" { // it begins a subscript there, behind any command
			term.completes("nono run --read-file a[", `nono run --read-file a\[1\].txt`)
		}
		for _, c := range [][2]string{
			{"nono ru", "nono run"},
			{"nono run --profile claude", "nono run --profile claude-code"},
			{"nono why --op mkf", "nono why --op mkfifo"},
			{"sclaude --net-b", "sclaude --net-block"},
		} {
			term.completes(c[0], c[1])
		}
		term.clear()
		term.run("sclaude --silent 'a b'")
		term.see("<a b>")
		term.run("nono run")
		term.status(k, "2")
		term.clear()
		term.run("nono_unload")
		term.run("sclaude")
		term.status(k, "127")
	})
}

// A .zshenv that says where the rest is, as many have, is followed inside.
func TestShellInsideFollowsZdotdir(t *testing.T) {
	t.Parallel()
	testenv.RequireLandlock(t, 1)
	path, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip("zsh is not installed, so it was not driven")
	}
	u := newUser(t)
	u.env = append(u.env, "SHELL="+path)
	u.write(t, ".zshenv", "export ZDOTDIR=$HOME/elsewhere\n")
	u.write(t, "elsewhere/.zshrc", "PS1='> '; typeset own=read\n")
	term := open(t, u.home, "> ", u.env, "sh", "-c", "cd ~/project && exec zsh")
	term.run(u.prefix + "/bin/nono shell --silent --allow . --read-file ~/.zshenv --read-file ~/elsewhere/.zshrc")
	term.see("(nono) >")
	term.run("echo is:$own:$ZDOTDIR:${NONO_ZDOTDIR-unset}:; type sclaude | head -n 1")
	term.see("is:read:" + u.home + "/elsewhere:unset:")
	term.see("sclaude is a")
}

// The marker is there once, though the file is read twice and the prompt set in
// between, and undone with the rest.
func TestPromptMarker(t *testing.T) {
	u := newUser(t)
	posix := func(source, show string) string {
		s := "PS1='> '; " + source + "; " + source + "; " + show + "PS1='% '; " + source + "; " + show + "nono_unload; " + show
		return s + "NONO_PROMPT=; " + source + "; " + show + "nono_unload; " + show
	}
	fish := func(source string) string {
		show := "false; fish_prompt; echo; "
		s := "function fish_prompt; echo -n $status'> '; end; " + source + "; " + source + "; " + show +
			"function fish_prompt; echo -n $status'% '; end; " + source + "; " + show + "nono_unload; " + show
		return s + "set NONO_PROMPT ''; " + source + "; " + show + "nono_unload; " + show
	}
	for _, tc := range []struct {
		argv []string
		want string
	}{
		{[]string{"bash", "--norc", "-euc", posix(". "+u.share("nono.bash"), `echo "$PS1"; `)}, "(nono) > \n(nono) % \n% \n% \n% \n"},
		{[]string{"zsh", "-f", "-euc", posix(". "+u.share("nono.zsh"), `echo "$PS1"; `)}, "(nono) > \n(nono) % \n% \n% \n% \n"},
		{[]string{"fish", "--no-config", "-ic", fish("source " + u.share("nono.fish"))}, "(nono) 1> \n(nono) 1% \n1% \n1% \n1% \n"},
	} {
		t.Run(tc.argv[0], func(t *testing.T) {
			if _, err := exec.LookPath(tc.argv[0]); err != nil {
				t.Skip(tc.argv[0] + " is not installed")
			}
			cmd := exec.Command(tc.argv[0], tc.argv[1:]...)
			cmd.Env = append(u.env, "NONO_SANDBOX=test", "TERM=dumb")
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != tc.want {
				t.Errorf("%v: %q, not %q", err, out, tc.want)
			}
		})
	}
}

// What is put in front of PATH after the functions were loaded, as by an environment
// of a project that is activated, is not taken for nono.
func TestFunctionsKeepTheirNono(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, u user, k kind) {
		for _, name := range []string{"nono", "nono-run", "nono-why"} {
			u.write(t, "front/"+name, "#!/bin/sh\necho another $0\n")
			if err := os.Chmod(u.home+"/front/"+name, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		term := k.start(t, u)
		if k.argv[0] == "fish" {
			term.run("set -gx PATH ~/front $PATH")
		} else {
			term.run("PATH=~/front:$PATH")
		}
		term.run("command nono-why")
		term.see("another ")
		term.clear()
		term.run("nono run --silent --allow . -- cat sub/file")
		term.see("content")
		term.run("nono why --version")
		term.see("nono-why 0.")
		term.run("nono version")
		term.see("nono 0.")
		term.run("sclaude --silent -- now")
		term.see("<now>")
		if screen := term.screen(); strings.Contains(screen, "another ") {
			t.Errorf("another program was started:\n%s", screen)
		}
	})
}
