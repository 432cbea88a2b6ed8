package main

import (
	"os"
	"os/exec"

	"github.com/nono-sandbox/nono/core/shellquote"
)

// tmux opens a popup over the person's tmux, or a pane where it knows no popups, unless
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
	shown := s.newest
	go func() {
		show(shellquote.Word(self) + " --once")
		s.mu.Lock()
		defer s.mu.Unlock()
		s.popup = false
		// One that came while the popup was about to close.
		if s.newest > shown && s.open[s.newest] != nil && len(s.clients) == 0 {
			s.tmux()
		}
	}()
}

// show shows what a command says, and waits until it ends.
func show(command string) {
	var at []string
	if pane := os.Getenv("TMUX_PANE"); pane != "" {
		at = []string{"-t", pane}
	}
	popup := append([]string{"display-popup", "-E", "-w", "90%", "-h", "80%"}, at...)
	if exec.Command("tmux", append(popup, command)...).Run() != nil {
		split := append([]string{"split-window", "-l", "20"}, at...)
		exec.Command("tmux", append(split, command)...).Run()
	}
}
