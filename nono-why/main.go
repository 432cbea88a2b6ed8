// Command nono-why says what a sandbox would let through, and why:
//
//	nono-why [FLAG ...] PATH
//
// It compiles the same spec that nono-run would, or reads one, and answers from
// the rules that the shim would make of it. See nono-why(1).
package main

import (
	"os"

	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
