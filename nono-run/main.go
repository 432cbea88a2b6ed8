// Command nono-run starts a command in a sandbox that the kernel enforces:
//
//	nono-run [FLAG ...] [--] COMMAND [ARGUMENT ...]
//
// It makes the spec from flags and profiles, applies it to its own process, and executes
// the command in this process. See nono-run(1).
package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/entry/brief"
)

func main() {
	brief.Begin()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
