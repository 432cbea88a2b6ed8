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
	f := o.flags()
	for i, arg := range args {
		if arg == "--" {
			o.argv = args[i+1:]
			return o, o.check()
		}
		name, value, _ := strings.Cut(arg, "=")
		if err := f.set(name, value); err != nil {
			return o, err
		}
		if o.help || o.version {
			return o, nil
		}
	}
	if o.datagrams >= 0 {
		return o, nil
	}
	return o, misuse("no command is given")
}

// flags are the flags by what stands behind them, each with where it goes.
type flags struct {
	switches    map[string]*bool // nothing
	texts       map[string]*string
	lists       map[string]*[]string // a text, each time that the flag is given
	descriptors map[string]*int
	bytes       map[string]*int64
}

func (o *options) flags() flags {
	return flags{
		switches: map[string]*bool{"--confined": &o.confined, "--explain": &o.explain, "--silent": &o.silent, "--wait-all": &o.waitAll,
			"--again": &o.again, "--audit-required": &o.audit.required, "--help": &o.help, "-h": &o.help, "--version": &o.version},
		texts: map[string]*string{"--from": &o.from, "--shim": &o.shim, "--exec": &o.exec, "--summary": &o.summary,
			"--ask-by": &o.ask.by, "--ask-with": &o.ask.with, "--ask-timeout": &o.ask.timeout, "--ask-profile": &o.ask.profile,
			"--undo-run": &o.undoRun, "--apart": &o.apart, "--audit-log": &o.audit.path, "--audit-level": (*string)(&o.audit.level)},
		lists: map[string]*[]string{"--secret": &o.secrets, "--pool": &o.pools},
		descriptors: map[string]*int{"--fd": &o.fd, "--datagrams": &o.datagrams, "--maker": &o.maker, "--name-server": &o.nameServer,
			"--record": &o.record, "--credentials": &o.credentials, "--ask-env": &o.ask.env, "--ask-fd": &o.ask.fd, "--audit-fd": &o.audit.fd},
		bytes: map[string]*int64{"--undo-limit": &o.undoLimit},
	}
}

func (f *flags) set(name, value string) error {
	if to := f.switches[name]; to != nil {
		*to = true
		return nil
	}
	if to := f.texts[name]; to != nil {
		*to = value
		return nil
	}
	if to := f.lists[name]; to != nil {
		*to = append(*to, value)
		return nil
	}
	if to := f.descriptors[name]; to != nil {
		fd, err := strconv.Atoi(value)
		if err != nil || fd < 3 {
			return misuse("a descriptor above 2 is wanted after " + name + "=")
		}
		*to = fd
		return nil
	}
	if to := f.bytes[name]; to != nil {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return misuse("a number of bytes is wanted after " + name + "=")
		}
		*to = n
		return nil
	}
	return misuse("there is no flag " + fault.Quote(name))
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
