// Command nono-hook speaks JSON with agents for nono's other programs, which are the
// smaller for it:
//
//	nono-hook [--silent] install AGENT NONO-WHY | remove AGENT
//	nono-hook read | answer EVENT | scripts
//
// nono-run becomes it for --install-hook and --remove-hook. nono-why starts it to read
// what an agent hands to its hook, and to word what the agent is to be told. Both have it
// look up the scripts of a package.json. People do not call it. See nono-why(1).
package main

import (
	"os"

	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
