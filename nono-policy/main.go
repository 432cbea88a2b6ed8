// Command nono-policy looks at policies without starting anything; see nono-policy(1):
//
//	nono-policy show [PROFILE ...] [FLAG ...]
//	nono-policy lint [PROFILE ...] [FLAG ...]
//	nono-policy lint --policy FILE ...
//	nono-policy diff A B
//	nono-policy test FILE [PROFILE ...] [FLAG ...]
//	nono-policy import FILE
//	nono-policy sign --key KEY FILE ...
//	nono-policy verify [FLAG ...] FILE
//	nono-policy trust [--yes] FILE
//	nono-policy untrust FILE
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
