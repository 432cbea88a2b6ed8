// Command nono-exec-shim applies a spec to its own process and then executes a command.
// It knows no profiles, lists or homes: the spec has everything.
//
//	nono-exec-shim SPEC -- COMMAND [ARGUMENT ...]
//
// nono-run passes the spec in a sealed memfd instead of a file; see nono-exec-shim(8).
package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/entry/brief"
	"github.com/nono-sandbox/nono/core/fault"
)

func main() {
	brief.Begin()
	status, err := run(os.Args[1:])
	if err != nil {
		os.Stderr.WriteString(fault.Lines(err))
	}
	os.Exit(status)
}
