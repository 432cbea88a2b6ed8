package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// options is what nono-run says, or what the first process says to the second.
type options struct {
	specFD int
	silent bool
	end    string   // "", "discard" or "ask"
	again  string   // the ID of a run to go on with
	inside string   // the directory of the run: this is the second process
	next   []string // the program to become with its words, from its path on
}

func parse(args []string) (options, error) {
	o := options{specFD: -1}
	for i, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--spec":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 0 {
				return o, misuse("--spec= needs a number")
			}
			o.specFD = fd
		case "--silent":
			o.silent = true
		case "--end":
			o.end = value
		case "--again":
			o.again = value
		case "--inside":
			o.inside = value
		case "--":
			o.next = args[i+1:]
			if len(o.next) < 2 || o.specFD < 0 && o.inside == "" {
				return o, misuse("it is started by nono-run")
			}
			return o, nil
		default:
			return o, misuse("there is no flag " + fault.Quote(arg))
		}
	}
	return o, misuse("it is started by nono-run")
}

func misuse(why string) error {
	return &fault.Error{Do: "start nono-overlay", Err: fault.Text(why), Hint: "nono run --ephemeral … -- COMMAND"}
}
