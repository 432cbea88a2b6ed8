package agents

import (
	"strings"
	"time"
)

// A screen is an agent's first one on a terminal.
type screen struct {
	args  []string
	first string   // what it shows
	keys  []string // as tmux's send-keys takes them
	then  string   // what it shows then
	// cannot are the features that it does not have outside either: a menu takes no paste,
	// and some agents do not stop at Ctrl-Z.
	cannot string
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
