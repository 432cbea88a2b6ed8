// Command nono-exec-shim applies a spec to itself and executes a command in it.
// It knows no flags, profiles, lists or homes: the spec is all there is.
//
//	nono-exec-shim SPEC -- COMMAND [ARGUMENT ...]
//
// nono-run hands it the spec in a sealed memfd instead; see nono-exec-shim(8).
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
