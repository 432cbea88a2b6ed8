package agents

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// features are what an agent can do on a terminal, in the order in which they are tried.
var features = []string{"first screen", "keys", "paste", "resize", "suspend"}

// On a terminal an agent does inside what it does outside. The table is printed.
func TestTerminal(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is missing: no terminal to look at")
	}
	rows := []string{fmt.Sprintf("%-12s %s", "agent", strings.Join(features, "  "))}
	each(t, func(t *testing.T, w *world, a agent) {
		if a.profile != "openclaw" {
			a.settle(w, "http://127.0.0.1:9")
		}
		words := append([]string{a.command}, a.screen.args...)
		outside := w.onTerminal(a, words)
		inside := w.onTerminal(a, w.nono(a.profile, words...))
		row := fmt.Sprintf("%-12s", a.profile)
		for i, f := range features {
			said := inside[i]
			if inside[i] != outside[i] {
				said += " (outside: " + outside[i] + ")"
				w.t.Errorf("%s: %s inside, %s outside", f, inside[i], outside[i])
			}
			row += fmt.Sprintf(" %-*s", len(f)+1, said)
		}
		w.t.Log(row)
		rows = append(rows, row)
	})
	t.Logf("on a terminal:\n%s", strings.Join(rows, "\n"))
}

// onTerminal starts words on a terminal of its own and tries each feature.
func (w *world) onTerminal(a agent, words []string) []string {
	w.t.Helper()
	w.tmux("new-session", "-d", "-x", "110", "-y", "45", "env PS1='ready> ' HISTFILE= bash --norc --noprofile")
	defer func() {
		w.tmux("kill-server")
		time.Sleep(time.Second) // for the shell and what is left of the agent
	}()
	if _, ok := w.await("ready>", time.Minute); !ok {
		w.t.Fatal("the shell has no prompt")
	}
	said := make([]string, len(features))
	for i := range said {
		said[i] = "no"
	}
	w.tmux("send-keys", "-l", strings.Join(append(a.env("http://127.0.0.1:9"), words...), " "))
	w.tmux("send-keys", "Enter")
	if _, ok := w.await(a.screen.first, conversation); !ok {
		return said
	}
	said[0] = "yes"
	time.Sleep(2 * time.Second) // it draws before it listens
	tries := []func() bool{
		func() bool { w.tmux(append([]string{"send-keys"}, a.screen.keys...)...); return w.shows(a.screen.then) },
		func() bool {
			w.tmux("set-buffer", "pasted by hand")
			w.tmux("paste-buffer", "-p")
			return w.shows("pasted by hand")
		},
		func() bool {
			w.tmux("resize-window", "-x", "84", "-y", "38")
			// What it has drawn anew is as wide as the terminal.
			return w.shows(a.screen.then) && w.narrow(84)
		},
		func() bool {
			w.tmux("send-keys", "C-z")
			if !w.shows("Stopped") {
				return false
			}
			w.tmux("send-keys", "-l", "clear; fg")
			w.tmux("send-keys", "Enter")
			return w.shows(a.screen.then)
		},
	}
	for i, try := range tries {
		if try() {
			said[i+1] = "yes"
		}
	}
	return said
}

// shows waits until the screen shows text.
func (w *world) shows(text string) bool {
	_, ok := w.await(text, 15*time.Second)
	return ok
}

// narrow waits until no line of the screen is wider than width.
func (w *world) narrow(width int) bool {
	for range 30 {
		wide := false
		for line := range strings.Lines(w.tmux("capture-pane", "-p")) {
			wide = wide || len([]rune(strings.TrimRight(line, " \n"))) > width
		}
		if !wide {
			return true
		}
		time.Sleep(300 * time.Millisecond)
	}
	return false
}
