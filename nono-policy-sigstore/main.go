// Command nono-policy-sigstore verifies that a file was signed with Sigstore, offline and
// against a pinned trusted root, by somebody who may. nono policy verify starts it; see
// nono-policy(1). It is a program and a module of its own, since it is larger than the
// rest of the suite together.
package main

import (
	"os"

	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
