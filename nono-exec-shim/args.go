package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// options are the options of the command line. Only nono-run, nono-supervise and
// nono-overlay use the flags up to apart.
type options struct {
	spec          string   // the path of the spec
	fd            int      // --fd: the spec is open here; -1 if not given
	notify        int      // --notify: the Unix socket to the supervisor; 0 if not given
	from          string   // --from: the version of nono-run
	exec          string   // --exec: the file to execute, if it is not argv[0]
	apart         string   // --apart: the ID of the run with --ephemeral
	copyTo        string   // --copy-to: only copy this program to this path
	argv          []string // the command
	help, version bool
}

func parse(args []string) (options, error) {
	o := options{fd: -1}
	given := map[string]bool{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, isFlag := strings.Cut(arg, "=")
		if isFlag && strings.HasPrefix(name, "--") {
			if given[name] {
				return o, misuse(name + "= is given twice")
			}
			given[name] = true
			if err := o.set(name, value); err != nil {
				return o, err
			}
			continue
		}
		switch {
		case arg == "--":
			o.argv = args
			return o, o.check()
		case arg == "--help" || arg == "-h":
			o.help = true
			return o, nil
		case arg == "--version":
			o.version = true
			return o, nil
		case strings.HasPrefix(arg, "-"):
			return o, misuse("there is no flag " + fault.Quote(arg))
		case o.spec != "":
			return o, misuse("'--' is missing before " + fault.Quote(arg))
		case arg == "":
			return o, misuse("the spec's path is empty")
		default:
			o.spec = arg
		}
	}
	return o, o.check()
}

func (o *options) set(name, value string) error {
	switch name {
	case "--fd":
		fd, err := strconv.Atoi(value)
		if err != nil || fd < 0 {
			return misuse("--fd= needs a number")
		}
		o.fd = fd
	case "--notify":
		fd, err := strconv.Atoi(value)
		if err != nil || fd < 3 {
			return misuse("--notify= needs a descriptor above 2")
		}
		o.notify = fd
	case "--from":
		o.from = value
	case "--exec":
		o.exec = value
	case "--apart":
		o.apart = value
	case "--copy-to":
		o.copyTo = value
	default:
		return misuse("there is no flag " + fault.Quote(name))
	}
	return nil
}

func (o *options) check() error {
	switch {
	case o.copyTo != "" && o.spec == "" && o.fd < 0 && len(o.argv) == 0:
		return nil
	case o.copyTo != "":
		return misuse("--copy-to= goes with nothing else")
	case o.spec == "" && o.fd < 0:
		return misuse("no spec is given")
	case o.spec != "" && o.fd >= 0:
		return misuse("a spec is given twice")
	case len(o.argv) == 0 || o.argv[0] == "":
		return misuse("no command is given")
	}
	if o.exec == "" {
		o.exec = o.argv[0]
	}
	return nil
}

func misuse(why string) error {
	return &fault.Error{Do: "start", Err: fault.Text(why), Hint: strings.TrimSpace(usage)}
}
