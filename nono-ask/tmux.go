package main

import (
	"os"
	"os/exec"

	"github.com/nono-sandbox/nono/core/shellquote"
)

// tmux opens a popup over the person's tmux, or a pane where that shows none, unless
// there is one. s.mu is held.
func (s *server) tmux() {
	if os.Getenv("TMUX") == "" || s.popup {
		return
	}
	self, err := os.Executable()
	if err != nil {
		return
	}
	s.popup = true
	shown, came := s.newest, s.came
	go func() {
		command := shellquote.Word(self) + " --once"
		inTmux(command, "display-popup", "-E", "-w", "90%", "-h", "80%")
		// A person who has ended the popup wants no pane instead: only where nothing has
		// come to ask for the question, no popup was shown. An old tmux has none, and
		// there is none over another popup or a menu.
		if s.unseen(shown, came) {
			inTmux(command, "split-window", "-l", "20")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.popup = false
		// One that came while the popup was about to close.
		if s.newest > shown && s.open[s.newest] != nil && len(s.clients) == 0 {
			s.tmux()
		}
	}()
}

// unseen reports whether a question is open that nobody has come for since came.
func (s *server) unseen(question uint64, came int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.came == came && (s.open[question] != nil || s.open[s.newest] != nil)
}

// inTmux shows what a command says in the tmux that this was started in. A popup is
// waited for.
func inTmux(command string, how ...string) {
	if pane := os.Getenv("TMUX_PANE"); pane != "" {
		how = append(how, "-t", pane)
	}
	exec.Command("tmux", append(how, command)...).Run()
}
