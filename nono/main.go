// Command nono is what people type: nono SUBCOMMAND … becomes nono-SUBCOMMAND,
// which lies beside it.
//
// It is a program and no script because it only passes on what it is given, and a
// shell does not: dash and BusyBox take every variable out of the environment
// whose name is no name for a shell, functions that bash has exported among them.
package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/entry/brief"
)

func main() {
	brief.Begin()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
