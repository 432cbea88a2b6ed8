// Command nono-ephemeral decides about the changes of runs with --ephemeral:
//
//	nono-ephemeral diff|keep|discard [FLAG ...] [ID] [PATH ...]
//	nono-ephemeral list|prune
//
// It works outside of any sandbox, on what sandboxed commands made: it follows no link
// of theirs and shows no control character of theirs. See nono-ephemeral(1).
package main

import (
	"os"

	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
