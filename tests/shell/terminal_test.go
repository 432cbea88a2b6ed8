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
		return screen[strings.LastIndexByte(screen, '\n')+1:] == want
	})
}

// clear empties the line and the screen. A key that is pressed while the shell
// is busy with the one before may be lost, so both are pressed until they work.
func (term *terminal) clear() {
	term.t.Helper()
	empty := strings.TrimRight(term.prompt, " ")
	for _, key := range []string{"C-c", "C-l"} {
		deadline := time.Now().Add(20 * time.Second)
		for {
			term.keys(key)
			time.Sleep(25 * time.Millisecond)
			screen := term.screen()
			if screen == empty || key == "C-c" && screen[strings.LastIndexByte(screen, '\n')+1:] == empty {
				break
			}
			if time.Now().After(deadline) {
				term.t.Fatalf("the line and the screen do not become empty:\n%s", screen)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// typed empties the line and types s until the line is s: what is typed while the
// shell still answers the C-c before may be lost. Only then is the shell ready
// for the key that a test is about.
func (term *terminal) typed(s string) {
	term.t.Helper()
	want := strings.TrimRight(term.prompt+s, " ")
	for range 5 {
		term.clear()
		term.text(s)
		for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			screen := term.screen()
			if screen[strings.LastIndexByte(screen, '\n')+1:] == want {
				return
			}
		}
	}
	term.t.Fatalf("what is typed, '%s', is not on the screen:\n%s", s, term.screen())
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
