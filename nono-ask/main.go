// Command nono-ask shows a person what commands in sandboxes would do and may not, and
// takes the answers; see nono-ask(1):
//
//	nono-ask [--once]
//
// With --serve it is the process that a supervisor asks by, outside of every sandbox:
// that is nono-supervise's, not a person's.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
