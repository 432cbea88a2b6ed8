//go:build !linux

package main

import (
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
)

// ended is how a command ended, which none does here.
type ended struct{}

// Exit is never called.
func (ended) Exit() {}

// run returns an error: nothing asks a supervisor on this system.
func run(args []string) (ended, error) {
	if _, err := parse(args); err != nil {
		return ended{}, err
	}
	return ended{}, &fault.Error{Do: "supervise", Err: fault.Text("that needs Linux, not " + runtime.GOOS)}
}
