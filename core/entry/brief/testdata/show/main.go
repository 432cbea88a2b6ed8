// Command show prints what the entry point did, for a test: how many threads run
// Go code, the timer slack before and after Leave, the arguments, and the
// environment for the next program.
package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/nono-sandbox/nono/core/entry/brief"
	"golang.org/x/sys/unix"
)

func main() {
	brief.Begin()
	before := slack()
	brief.Leave()
	fmt.Printf("%d %d %d %q %q\n", runtime.GOMAXPROCS(0), before, slack(), os.Args[1:], brief.Environ())
}

func slack() int {
	n, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil {
		panic(err)
	}
	return n
}
