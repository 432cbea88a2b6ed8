// Command nono-audit reads the log of a supervised run; see nono-audit(1):
//
//	nono-audit show [-f] LOG
//	nono-audit verify LOG
//	nono-audit report LOG
//	nono-audit replay LOG [FLAG ...]
//	nono-audit schema
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
