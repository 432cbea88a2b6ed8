//go:build !linux

package main

import (
	"runtime"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/learn"
)

// watch returns an error: nothing can look on here.
func (l *lesson) watch() (int, *learn.Recording, error) {
	_ = l.flags
	return 0, nil, &fault.Error{Do: "learn", Err: fault.Text("that needs a supervisor, and so Linux, not " + runtime.GOOS)}
}
