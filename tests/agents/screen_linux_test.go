package agents

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A screen is an agent's first one on a terminal.
type screen struct {
	args  []string
	first string   // what it shows
	keys  []string // as tmux's send-keys takes them
	then  string   // what it shows then
}

// tmux runs a tmux command on the test's own server.
func (w *world) tmux(words ...string) string {
	w.t.Helper()
	cmd := w.command([]string{"TMUX_TMPDIR=" + w.home}, append([]string{"tmux", "-f", "/dev/null"}, words...)...)
	out, err := cmd.CombinedOutput()
	if err != nil && words[0] != "kill-server" {
		w.t.Fatalf("tmux %v: %v\n%s", words, err, out)
	}
	return string(out)
}

// await waits until the screen shows text, and returns the screen.
func (w *world) await(text string, limit time.Duration) (string, bool) {
	w.t.Helper()
	var shown string
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		if shown = w.tmux("capture-pane", "-p"); strings.Contains(shown, text) {
			return shown, true
		}
	}
	return shown, false
}

// On a terminal the first screen appears, keys reach it, Ctrl-C ends it, and the
// terminal is as it was before.
func TestFirstScreen(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is missing: no terminal to look at")
	}
	each(t, func(t *testing.T, w *world, a agent) {
		if a.profile != "openclaw" {
			a.settle(w, "http://127.0.0.1:9")
		}
		w.tmux("new-session", "-d", "-x", "110", "-y", "45", "bash --norc --noprofile")
		defer func() {
			w.tmux("kill-server")
			time.Sleep(time.Second) // for the shell and what is left of the agent
		}()
		line := strings.Join(append(a.env("http://127.0.0.1:9"), w.nono(a.profile, append([]string{a.command}, a.screen.args...)...)...), " ")
		w.tmux("send-keys", "PS1='ready> '; HISTFILE=; clear; stty -a >"+w.path("before")+"; "+line+"; echo \"status=$?.\"; stty -a >"+w.path("after"), "Enter")
		if shown, ok := w.await(a.screen.first, 90*time.Second); !ok {
			t.Fatalf("no %q on the screen:\n%s", a.screen.first, shown)
		}
		time.Sleep(time.Second) // it draws before it listens
		w.tmux(append([]string{"send-keys"}, a.screen.keys...)...)
		if shown, ok := w.await(a.screen.then, 20*time.Second); !ok {
			t.Errorf("after %v no %q on the screen:\n%s", a.screen.keys, a.screen.then, shown)
		}
		shown, ok := "", false
		for range 6 { // most want a second one soon behind the first
			w.tmux("send-keys", "C-c")
			time.Sleep(400 * time.Millisecond)
			w.tmux("send-keys", "C-c")
			if shown, ok = w.await("status=", 4*time.Second); ok {
				break
			}
		}
		if !ok {
			t.Fatalf("Ctrl-C did not end it:\n%s", shown)
		}
		crashes(t, shown)
		w.tmux("send-keys", "echo typed $((6*7))", "Enter")
		if shown, ok = w.await("typed 42", 10*time.Second); !ok {
			t.Errorf("the shell does not take keys any more:\n%s", shown)
		}
		if before, after := w.text("before"), w.text("after"); before != after || before == "" {
			t.Errorf("the terminal was\n%s\nand is\n%s", before, after)
		}
	})
}

func uidOf(w *world) string {
	var st unix.Stat_t
	if err := unix.Stat(w.home, &st); err != nil {
		w.t.Fatal(err)
	}
	return strconv.Itoa(int(st.Uid))
}
