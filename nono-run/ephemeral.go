package main

import "strconv"

// overlay returns nono-overlay, which lays overlays over what the command may change,
// starts the program there, the shim or nono-supervise, and says at the end what
// changed; and its words. argv are the program's.
func (l *launch) overlay(program string, specFD int, argv []string) (string, []string, error) {
	overlay, err := ownProgram("nono-overlay")
	if err != nil {
		return "", nil, err
	}
	words := []string{"nono-overlay", "--spec=" + strconv.Itoa(specFD)}
	if l.silent {
		words = append(words, "--silent")
	}
	if l.ephemeral.End != "" {
		words = append(words, "--end="+l.ephemeral.End)
	}
	if l.ephemeral.Again != "" {
		words = append(words, "--again="+l.ephemeral.Again)
	}
	return overlay, append(append(words, "--", program), argv...), nil
}
