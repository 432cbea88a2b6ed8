package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A terminal is a real one, of tmux, with a shell in it.
type terminal struct {
	t      *testing.T
	socket string
	prompt string
}

// open starts argv in a new terminal with the environment env and nothing else.
func open(t *testing.T, dir, prompt string, env []string, argv ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed, so no shell was driven through a terminal")
	}
	term := &terminal{t: t, socket: filepath.Join(dir, "tmux"), prompt: prompt}
	args := append([]string{"new-session", "-d", "-x", "160", "-y", "50", "env", "-i", "TERM=screen"}, env...)
	term.tmux(append(args, argv...)...)
	t.Cleanup(func() { exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	term.line("")
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", term.socket, "-f", "/dev/null"}, args...)...)
	cmd.Env = append(os.Environ(), "TMUX=", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// keys presses keys by tmux's names: "Tab", "Enter", "C-c".
func (term *terminal) keys(names ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, names...)...)
}

// text types s as it stands.
func (term *terminal) text(s string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", s)
}

// run types a command and Enter.
func (term *terminal) run(s string) {
	term.t.Helper()
	term.text(s)
	term.keys("Enter")
}

func (term *terminal) screen() string {
	term.t.Helper()
	return strings.TrimRight(term.tmux("capture-pane", "-p", "-J"), "\n ")
}

// wait waits until ok says yes of the screen, or fails the test with what.
func (term *terminal) wait(what string, ok func(screen string) bool) {
	term.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		screen := term.screen()
		if ok(screen) {
			return
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("%s is not on the screen:\n%s", what, screen)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// see waits for a line of the screen that has s in it. What is typed is on the
// screen too: s must not be in it.
func (term *terminal) see(s string) {
	term.t.Helper()
	term.wait("'"+s+"'", func(screen string) bool { return strings.Contains(screen, s) })
}

// line waits until the last line is the prompt with s behind it.
func (term *terminal) line(s string) {
	term.t.Helper()
	want := strings.TrimRight(term.prompt+s, " ")
	term.wait("the last line '"+want+"'", func(screen string) bool {
		return lastLine(screen) == want
	})
}

// clear empties the line and the screen. Bash loses a letter where keys come right
// behind a C-c, so C-c is pressed only where C-u does not empty the line (a menu
// of completions is open), and nothing is typed for a second. A word that is typed
// and removed again shows that no earlier key is still under way.
func (term *terminal) clear() {
	term.t.Helper()
	empty := strings.TrimRight(term.prompt, " ")
	isEmpty := func(screen string) bool { return lastLine(screen) == empty }
	const word = "zq"
	tried := false
	term.until("the line '"+word+"'", func() {
		if tried {
			term.keys("C-c")
			time.Sleep(time.Second)
		}
		tried = true
		term.keys("C-u")
		term.text(word)
	}, func(screen string) bool { return lastLine(screen) == term.prompt+word })
	term.until("an empty line", func() { term.keys("C-u") }, isEmpty)
	term.until("an empty screen", func() { term.keys("C-l") }, func(screen string) bool { return screen == empty })
}

// until does act until ok says yes of the screen: once a second, for 20 seconds.
func (term *terminal) until(what string, act func(), ok func(screen string) bool) {
	term.t.Helper()
	for range 20 {
		act()
		for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if ok(term.screen()) {
				return
			}
		}
	}
	term.t.Fatalf("%s is not on the screen:\n%s", what, term.screen())
}

func lastLine(screen string) string { return screen[strings.LastIndexByte(screen, '\n')+1:] }

// typed empties the line and types s until the line is s: what is typed while the
// shell still answers the C-c before may be lost. Only then is the shell ready
// for the key that a test is about.
func (term *terminal) typed(s string) {
	term.t.Helper()
	want := strings.TrimRight(term.prompt+s, " ")
	term.until("what is typed, '"+s+"',", func() { term.clear(); term.text(s) }, func(screen string) bool { return lastLine(screen) == want })
}

// completes types s and Tab and waits for the line to be want.
func (term *terminal) completes(s, want string) {
	term.t.Helper()
	term.typed(s)
	term.keys("Tab")
	term.line(want)
}

// offers types s and Tab, twice if need be, and waits for all words.
func (term *terminal) offers(s string, words ...string) {
	term.t.Helper()
	term.typed(s)
	term.keys("Tab", "Tab")
	term.wait("each of '"+strings.Join(words, "' '")+"'", func(screen string) bool {
		for _, w := range words {
			if !strings.Contains(screen, w) {
				return false
			}
		}
		return true
	})
	term.keys("Escape")
}
