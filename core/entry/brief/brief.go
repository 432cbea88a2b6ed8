// Package brief is where a program begins that is over in milliseconds, by becoming
// another one: nono, nono-run and nono-exec-shim. It has package entry's symbol, and goes
// on to the same look at the limits of memory. Before that it asks Go's runtime for
// less than a long-lived program wants:
//
//   - one thread for Go code. More of them are started, and look for work, each time
//     that the runtime makes a goroutine of its own.
//   - a sleep that may last longer (timer slack, PR_SET_TIMERSLACK(2const)) for the
//     runtime's watching thread, which wakes up every 70 microseconds otherwise.
//
// Both must be undone before the next program starts: Begin, Leave and Environ do. What the
// user has set in GOMAXPROCS stays as it is, here and in the next program.
package brief

import (
	"os"
	"runtime"
	"slices"

	_ "github.com/nono-sandbox/nono/core/entry/limits" // which the entry point goes on to
)

// What the entry point has done, and what it takes for that. It is in assembly.
var (
	added bool // setting is in the environment
	slack int  // of the timer as it was, in nanoseconds; 0 if it is still so

	//lint:ignore U1000 assembly reads it
	setting = "GOMAXPROCS=1\x00"
)

// Begin is the first thing that main calls. It keeps main on the thread that the
// process began with, which then executes the next program: a thread that is made
// later has the longer slack for its own default, and execve(2) hands that on.
func Begin() { runtime.LockOSThread() }

// Environ is os.Environ without what was added for Go's runtime.
func Environ() []string {
	env := os.Environ()
	if added {
		const ours = "GOMAXPROCS=1"
		env = slices.DeleteFunc(env, func(kv string) bool { return kv == ours })
	}
	return env
}
