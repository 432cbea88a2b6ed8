package main

import (
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// supervise becomes nono-supervise, which starts the shim with args and stays. It
// returns only if that failed.
func (l *launch) supervise(shim string, args []string) error {
	supervisor, err := ownProgram("nono-supervise")
	if err != nil {
		return err
	}
	argv := append([]string{"nono-supervise", "--shim=" + shim}, args...)
	return &fault.Error{Do: "start", Path: supervisor, Err: unix.Exec(supervisor, argv, l.env)}
}
