package main

import (
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
)

// The summary on macOS says what Seatbelt cannot keep, and nothing of Landlock.
func TestNotHeldOnMacOS(t *testing.T) {
	const terminal = "not enforced on this kernel: typing into the terminal (TIOCSTI) (a macOS that refuses it itself)\n"
	if got := notHeld("darwin", &spec.Spec{}); got != terminal {
		t.Errorf("%s", got)
	}
	drop := &spec.Spec{Paths: []spec.Path{{Kind: spec.Write, Path: "/drop"}, {Kind: spec.Allow, Path: "/work"}}}
	if got := notHeld("darwin", drop); got != terminal+"not enforced on this kernel: reading a file of a directory granted for writing alone, "+
		"by moving it to where it can be read (a rule about moves, which Seatbelt lacks)\n" {
		t.Errorf("%s", got)
	}
}
