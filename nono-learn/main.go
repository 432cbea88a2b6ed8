// Command nono-learn runs a command in a sandbox that is as wide as one may be, sees
// what it uses and makes a profile of that; see nono-learn(1):
//
//	nono-learn [FLAG ...] [--] COMMAND [ARGUMENT ...]
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
