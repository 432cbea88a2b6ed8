package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/fault"
)

// options is what nono-run says.
type options struct {
	fd       int // of the spec
	from     string
	shim     string
	exec     string
	confined bool // this process is in its own domain already
	waitAll  bool
	// datagrams is the descriptor by which the maker of datagram sockets, which this
	// process is then, is told; again tells that its namespace is ready.
	datagrams int
	again     bool
	// maker and nameServer are descriptors to that maker, of a process that is confined.
	maker, nameServer int
	silent            bool
	explain           bool
	summary           string
	record            int // the descriptor for what is used, or 0
	audit             auditOptions
	pools             []string // of files for chain directories
	atEnd             []func()
	secrets           []string // variables that hold secrets
	ask               askOptions
	credentials       int // the descriptor of those that stay outside
	// undoLimit is how many bytes are copied at most, and undoRun the entry of the
	// store, once there is one.
	undoLimit int64
	undoRun   string
	// apart is the run for which nono-overlay keeps changes apart.
	apart string
	argv  []string

	help, version bool
}

// auditOptions say what is logged.
type auditOptions struct {
	path     string
	level    audit.Level
	required bool
	fd       int // where the log is open already
}

const usage = "usage: nono run [FLAG ...] [--] COMMAND [ARGUMENT ...]"

func parse(args []string) (options, error) {
	o := options{fd: -1, datagrams: -1}
	for i, arg := range args {
		if arg == "--" {
			o.argv = args[i+1:]
			return o, o.check()
		}
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "--fd":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 3 {
				return o, misuse("a descriptor above 2 is wanted after --fd=")
			}
			o.fd = fd
		case "--from":
			o.from = value
		case "--shim":
			o.shim = value
		case "--exec":
			o.exec = value
		case "--confined":
			o.confined = true
		case "--explain":
			o.explain = true
		case "--summary":
			o.summary = value
		case "--silent":
			o.silent = true
		case "--wait-all":
			o.waitAll = true
		case "--datagrams":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 3 {
				return o, misuse("a descriptor above 2 is wanted after --datagrams=")
			}
			o.datagrams = fd
		case "--maker", "--name-server", "--record":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 3 {
				return o, misuse("a descriptor above 2 is wanted after " + name + "=")
			}
			*map[string]*int{"--maker": &o.maker, "--name-server": &o.nameServer, "--record": &o.record}[name] = fd
		case "--secret":
			o.secrets = append(o.secrets, value)
		case "--credentials":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 3 {
				return o, misuse("a descriptor above 2 is wanted after --credentials=")
			}
			o.credentials = fd
		case "--pool":
			o.pools = append(o.pools, value)
		case "--again":
			o.again = true
		case "--ask-by":
			o.ask.by = value
		case "--ask-with":
			o.ask.with = value
		case "--ask-timeout":
			o.ask.timeout = value
		case "--ask-profile":
			o.ask.profile = value
		case "--ask-env", "--ask-fd":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 3 {
				return o, misuse("a descriptor above 2 is wanted after " + name + "=")
			}
			if name == "--ask-env" {
				o.ask.env = fd
			} else {
				o.ask.fd = fd
			}
		case "--undo-limit":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				return o, misuse("a number of bytes is wanted after --undo-limit=")
			}
			o.undoLimit = n
		case "--undo-run":
			o.undoRun = value
		case "--apart":
			o.apart = value
		case "--audit-log":
			o.audit.path = value
		case "--audit-level":
			o.audit.level = audit.Level(value)
		case "--audit-required":
			o.audit.required = true
		case "--audit-fd":
			fd, err := strconv.Atoi(value)
			if err != nil || fd < 3 {
				return o, misuse("a descriptor above 2 is wanted after --audit-fd=")
			}
			o.audit.fd = fd
		case "--help", "-h":
			o.help = true
			return o, nil
		case "--version":
			o.version = true
			return o, nil
		default:
			return o, misuse("there is no flag " + fault.Quote(arg))
		}
	}
	if o.datagrams >= 0 {
		return o, nil
	}
	return o, misuse("no command is given")
}

func (o *options) check() error {
	switch {
	case o.fd < 0 || o.shim == "" || o.exec == "":
		return misuse("nono run is what starts it")
	case len(o.argv) == 0:
		return misuse("no command is given")
	}
	return nil
}

func misuse(why string) error {
	return &fault.Error{Do: "start nono-supervise", Err: fault.Text(why), Hint: usage}
}

// askOptions say how a person is asked.
type askOptions struct {
	by                     string // the file that is nono-ask
	with, timeout, profile string
	// env is where the environment is of the one who started nono, and fd the socket to
	// nono-ask, once that is started.
	env, fd int
}
