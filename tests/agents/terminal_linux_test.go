package agents

import (
	"os/exec"
	"strings"
	"time"
)

// features are what an agent can do on a terminal, in the order in which they are tried.
var features = []string{"first screen", "keys", "paste", "resize", "suspend", "end"}

// onTerminal wants an agent to do inside all that it does on a terminal outside: each of the
// features, but for what is written of it in its screen. It says nothing of what it is
// refused.
func (a agent) onTerminal(w *world) {
	if _, err := exec.LookPath("tmux"); err != nil {
		w.t.Skip("tmux is missing: no terminal to look at")
	}
	w = w.another()
	if a.profile != "openclaw" {
		a.settle(w, "http://127.0.0.1:9")
	}
	w.tmux("new-session", "-d", "-x", "110", "-y", "45", "env PS1='ready> ' HISTFILE= bash --norc --noprofile")
	defer func() {
		w.tmux("kill-server")
		time.Sleep(time.Second) // for the shell and what is left of the agent
	}()
	w.shows("ready>")
	line := strings.Join(append(a.env("http://127.0.0.1:9"), w.nono(a.profile, append([]string{a.command}, a.screen.args...)...)...), " ")
	w.types("stty -a >" + w.path("before") + "; clear; " + line)
	tries := map[string]func(){
		"first screen": func() {
			w.shows(a.screen.first)
			time.Sleep(time.Second)
		},
		"keys": func() {
			for range 12 { // it draws before it listens
				w.tmux(append([]string{"send-keys"}, a.screen.keys...)...)
				if _, ok := w.await(a.screen.then, 15*time.Second); ok {
					return
				}
			}
			w.shows(a.screen.then)
		},
		"paste": func() {
			w.tmux("set-buffer", "pasted by hand")
			w.tmux("paste-buffer", "-p")
			w.shows("pasted by hand")
		},
		"resize": func() {
			w.tmux("resize-window", "-x", "84", "-y", "38")
			w.shows(a.screen.then)
			w.narrow(84) // what it has drawn anew is as wide as the terminal
		},
		"suspend": func() {
			w.tmux("send-keys", "C-z")
			w.shows("Stopped")
			w.types("clear; fg")
			w.shows(a.screen.then)
		},
		"end": w.ends,
	}
	for _, f := range features {
		if strings.Contains(a.screen.cannot, f) {
			continue
		}
		if tries[f](); w.t.Failed() {
			w.t.Fatalf("%s: this is not as it should be", f)
		}
	}
}

// shows waits until the screen shows text.
func (w *world) shows(text string) {
	w.t.Helper()
	if shown, ok := w.await(text, conversation/4); !ok {
		w.t.Errorf("no %q on the screen:\n%s", text, shown)
	}
}

// types types a line.
func (w *world) types(line string) {
	w.tmux("send-keys", "-l", line)
	w.tmux("send-keys", "Enter")
}

// ends has Ctrl-C end what runs, and wants the terminal to be as it was before.
func (w *world) ends() {
	shown, ok := "", false
	for range 60 { // most want a second one soon behind the first
		w.tmux("send-keys", "C-c")
		time.Sleep(400 * time.Millisecond)
		w.tmux("send-keys", "C-c")
		if shown, ok = w.await("ready>", 4*time.Second); ok {
			break
		}
	}
	if !ok {
		w.t.Errorf("Ctrl-C did not end it:\n%s", shown)
		return
	}
	crashes(w.t, shown)
	w.types("clear; stty -a >" + w.path("after") + "; echo typed $((6*7))")
	w.shows("typed 42")
	before, after := w.text("before"), w.text("after")
	// The test itself has made the terminal smaller.
	after = strings.Replace(after, "rows 38; columns 84;", "rows 45; columns 110;", 1)
	if before != after || before == "" {
		w.t.Errorf("the terminal was\n%s\nand is\n%s", before, after)
	}
}

// narrow waits until no line of the screen is wider than width.
func (w *world) narrow(width int) {
	w.t.Helper()
	var shown string
	for range 300 {
		wide := false
		shown = w.tmux("capture-pane", "-p")
		for line := range strings.Lines(shown) {
			wide = wide || len([]rune(strings.TrimRight(line, " \n"))) > width
		}
		if !wide {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
	w.t.Errorf("it is wider than %d:\n%s", width, shown)
}
