package main

import (
	"io"
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono ask [--once]

Shows what commands that nono run --ask has started would do and may not, and
takes the answers. Leave it running in a terminal of its own; Ctrl-C ends it.

  --once    end as soon as no question is open
`

// options are nono-ask's flags.
type options struct {
	once bool
	// of a supervisor
	serve   bool
	served  bool
	with    string
	profile string
}

// run is the whole program; it returns the exit status.
func run(args []string, stdin, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	var o options
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--once":
			o.once = true
		case "--serve":
			o.serve = true
		case "--served":
			o.served = true
		case "--with":
			o.with = value
		case "--profile":
			o.profile = value
		case "--help", "-h":
			io.WriteString(stdout, usage)
			return 0
		case "--version":
			io.WriteString(stdout, "nono-ask "+version.String()+"\n")
			return 0
		default:
			p.Error(cli.Misuse("use "+fault.Quote(arg), "nono ask knows --once alone", "nono ask --help"))
			return cli.Usage
		}
	}
	var err error
	switch {
	case o.serve:
		err = begin(args[1:])
	case o.served:
		err = serve(&o, p)
	default:
		err = newTerminal(stdin, stdout).watch(o.once)
	}
	if err != nil {
		p.Error(err)
		return fault.Failed
	}
	return 0
}
