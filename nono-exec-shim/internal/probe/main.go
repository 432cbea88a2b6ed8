//go:build linux

// Command probe tries what a sandboxed command might and says how it went. It
// is for tests only.
//
//	probe OP [ARGUMENT ...] [, OP [ARGUMENT ...]] ...
//
// It prints a line for each operation: "ok", a value, or the name of the errno,
// and at the end "finished". A test believes no answer without that last line:
// death is not a denial.
package main

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// An op tries one thing. It returns nil, an errno, or an answer.
type op func(args []string) error

// answer is a result that is neither success nor an errno.
type answer string

func (a answer) Error() string { return string(a) }

func main() {
	for rest := os.Args[1:]; len(rest) > 0; {
		end := slices.Index(rest, ",")
		if end < 0 {
			end = len(rest)
		}
		fmt.Println(result(rest[:end]))
		rest = rest[min(end+1, len(rest)):]
	}
	fmt.Println("finished")
}

func result(words []string) string {
	for _, table := range []map[string]op{fileOps, subvolumeOps, processOps, netOps} {
		f, ok := table[words[0]]
		if !ok {
			continue
		}
		switch err := f(words[1:]).(type) {
		case nil:
			return "ok"
		case unix.Errno:
			return unix.ErrnoName(err)
		default:
			return err.Error()
		}
	}
	return "no operation " + words[0]
}
