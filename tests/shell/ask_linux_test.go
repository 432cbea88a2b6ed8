package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// bash opens a bash without any start-up file, in the project.
func (u user) bash(t *testing.T) *terminal {
	t.Helper()
	return open(t, u.home, "> ", append(u.env, "PS1=> "), "sh", "-c", "cd ~/project && exec bash --noprofile --norc")
}

// isAsked reports whether a question is on the screen, and its answer is waited for.
func isAsked(screen string) bool {
	_, behind, ok := strings.Cut(screen, "is no)")
	return ok && strings.Contains(screen, "wants to read") && strings.Contains(behind, ">")
}

func isNotAsked(screen string) bool { return !strings.Contains(screen, "wants to read") }

// In tmux a popup shows the question, and a pane where tmux shows no popup. The answer is
// taken there, and both close by themselves.
func TestAskInTmux(t *testing.T) {
	t.Parallel()
	testenv.RequireLandlock(t, 1)
	tmux, err := exec.LookPath("tmux")
	if err != nil {
		t.Skip("tmux is not installed")
	}
	for _, c := range []struct{ name, wrapper string }{
		{"popup", ""},
		{"pane", "#!/bin/sh\ncase \" $* \" in *' display-popup '*) echo 'unknown command: display-popup' >&2; exit 1 ;; esac\nexec " + tmux + " \"$@\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUser(t)
			if c.wrapper != "" {
				u.write(t, "bin/tmux", c.wrapper)
				if err := os.Chmod(filepath.Join(u.home, "bin/tmux"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			term := u.bash(t)
			inner := u.home + "/inner"
			t.Cleanup(func() { exec.Command(tmux, "-S", inner, "kill-server").Run() })
			term.run("exec " + tmux + " -S " + inner + " -f /dev/null new-session 'PS1=\"> \" exec bash --noprofile --norc' ';' set status off")
			term.wait("a shell in it", func(screen string) bool { return screen == ">" })
			term.run("nono run --ask --summary none --allow . -- cat ../secret; echo is:$?")
			term.wait("the question", isAsked)
			term.run("y")
			term.see("is:0")
			term.see("a secret")
			term.wait("the question to be gone", isNotAsked)
			// Who ends the popup is not shown the question again.
			term.run("clear")
			term.wait("an empty screen", func(screen string) bool { return screen == ">" })
			term.run("nono run --ask --summary none --allow . -- cat ../secret")
			term.wait("the question", isAsked)
			term.keys("C-c")
			term.wait("the question to be gone", isNotAsked)
			term.until("the end of the command", func() { term.keys("C-c") }, func(screen string) bool { return lastLine(screen) == ">" })
			term.run("echo ended:$?")
			term.see("ended:130")
			if screen := term.screen(); !isNotAsked(screen) {
				t.Errorf("the question is there again:\n%s", screen)
			}
		})
	}
}

// Ctrl-C and Ctrl-Z do with a command that is learned from, or that waits for an answer,
// what they do with it alone.
func TestKeysBeside(t *testing.T) {
	t.Parallel()
	testenv.RequireLandlock(t, 1)
	for name, nono := range map[string]string{
		"learn": "nono learn --silent -- sh -c 'echo started$((1+1)); exec sleep 300'",
		"ask":   "nono run --ask --silent --summary none --allow . -- sh -c 'echo started$((1+1)); cat ../secret; exit 7'",
	} {
		t.Run(name, func(t *testing.T) {
			term := newUser(t).bash(t)
			ended := func(what string) {
				t.Helper()
				term.until(what, func() { term.keys("C-c") }, func(screen string) bool { return lastLine(screen) == ">" })
				term.run("echo is:$?")
				term.see("is:130")
				term.clear()
			}
			term.run(nono)
			term.see("started2")
			ended("the prompt after Ctrl-C")
			term.run(nono)
			term.see("started2")
			term.until("that it is stopped", func() { term.keys("C-z") }, func(screen string) bool { return strings.Contains(screen, "Stopped") })
			term.run("echo 'back''here'")
			term.see("backhere")
			term.run("fg")
			term.wait("the job in the foreground", func(screen string) bool { return !strings.HasSuffix(screen, "\n>") && !strings.HasSuffix(screen, "fg") })
			ended("the prompt after fg and Ctrl-C")
		})
	}
}
