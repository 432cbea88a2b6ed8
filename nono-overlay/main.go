// Command nono-overlay starts a sandbox whose changes are kept apart from the
// originals:
//
//	nono-overlay --spec=FD [--silent] [--end=discard|ask] [--again=ID] -- SHIM ARGUMENT ...
//
// nono-run executes it for --ephemeral, in place of the shim. It makes an entry in the
// store of runs, starts itself in a mount namespace of its own, where it lays the
// overlays and becomes the shim, and waits for the end, when it says what changed. The
// sandbox itself is the shim's work, as ever. See nono-ephemeral(1).
package main

import (
	"os"

	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
	"github.com/nono-sandbox/nono/core/version"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		os.Stdout.WriteString("nono-overlay " + version.String() + "\n")
		return
	}
	os.Exit(run(os.Args[1:]))
}
