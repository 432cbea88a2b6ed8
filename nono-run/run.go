package main

import (
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/spec/origins"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono run [FLAG ...] [--] COMMAND [ARGUMENT ...]

Starts COMMAND so that it, and every process it starts, can touch only what is
granted here. Nothing is granted by default but what programs need to start.

  nono run --profile claude-code -- claude  an agent in this directory
  nono run --allow . -- make                this directory, nothing else
  nono run --read . --net-block -- make     read only, no network
  nono why ~/.ssh/id_rsa                    what would happen, and why
`

// often ends the short help, with the flags that people need first. readOn ends the whole
// help, with what to read next.
const (
	often = `
  -a, --allow DIR       read and write everything in this directory
  -r, --read DIR        read everything in this directory
      --deny PATH       deny this path, even inside a granted directory
      --net-block       no network at all
  -p, --profile NAME    use a profile; --list-profiles lists them
      --dry-run         show what would be allowed, and start nothing

nono run --help shows all flags.
`
	readOn = `
Manual: nono-run(1), nono(7), nono-profile(5). When something does not work:
"nono why PATH", and troubleshooting.md in the documentation.
`
)

// options are the flags of nono-run.
type options struct {
	cli.Request
	dryRun, printSpec           bool
	printAll                    bool // --print-spec=all: with the lines that only this start needs
	verbose, silent             bool
	help, version, listProfiles bool
	showProfile                 string
	installHook, removeHook     string

	profile *profile.Profile // all profiles together
	shared  string           // the working directory, if a profile grants it; else ""
}

func (o *options) bind() *cli.Set {
	s := cli.NewSet(append(cli.PolicyFlags[:len(cli.PolicyFlags):len(cli.PolicyFlags)], cli.RunFlags...)...)
	o.Request.Bind(s)
	o.BindHosts(s, "host")
	o.BindPorts(s, "port")
	o.BindKeepFDs(s)
	o.BindRecord(s)
	for name, to := range map[string]*bool{
		"dry-run": &o.dryRun, "verbose": &o.verbose, "silent": &o.silent,
		"help": &o.help, "version": &o.version, "list-profiles": &o.listProfiles,
	} {
		s.BindBool(name, to)
	}
	s.Bind("print-spec", o.setPrintSpec)
	s.BindString("summary", &o.Summary)
	s.BindString("show-profile", &o.showProfile)
	s.BindString("install-hook", &o.installHook)
	s.BindString("remove-hook", &o.removeHook)
	return s
}

// run is the whole program. It returns only if no command was started: the exit status.
func run(args []string, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	o := &options{}
	set := o.bind()
	words, err := set.Parse(args)
	if err == nil {
		p.Silent = o.silent
		o.Command = words
		err = o.act(set, p)
	}
	return cli.Finish(p, err, usage)
}

// act does what the flags say: it prints something, or starts the command.
func (o *options) act(set *cli.Set, p *cli.Printer) error {
	switch {
	case o.help:
		if set.Short("help") {
			return say(p.Out, usage+often)
		}
		return say(p.Out, usage+cli.Help(set.Table())+readOn)
	case o.version:
		return say(p.Out, "nono-run "+version.String()+"\n")
	}
	h, err := policy.ThisHost(runtime.GOOS)
	if err != nil {
		return err
	}
	switch {
	case o.listProfiles:
		return o.list(p.Out, h)
	case o.installHook != "" && o.removeHook != "":
		return cli.Misuse("use --install-hook and --remove-hook", "only one of them makes sense", "")
	case o.installHook != "" || o.removeHook != "":
		return o.hook()
	case len(o.Command) == 0 && !o.dryRun && !o.printSpec && o.showProfile == "":
		return cli.Misuse("start a command", "none is given", "nono run --allow . -- COMMAND")
	}
	if err := o.misplaced(set); err != nil {
		return err
	}
	if err := o.useProfiles(set, h, p); err != nil {
		return err
	}
	l, err := o.prepare(h)
	if err != nil {
		return o.better(err, h)
	}
	l.notices(p, h)
	if !p.Silent && !o.printSpec && o.showProfile == "" {
		hint, w, err := o.hint(l, h)
		if err != nil {
			return err
		}
		l.unheeded(w, h, p)
		if hint != "" {
			p.Hint(hint)
		}
	}
	switch {
	case o.printSpec:
		return say(p.Out, l.document(o.printAll))
	case o.dryRun || o.showProfile != "":
		return say(p.Out, l.summary())
	case o.verbose:
		io.WriteString(p.Err, fault.Plain(l.summary()))
	}
	return l.start()
}

// setPrintSpec sets the value of --print-spec: "true" if the flag has none.
func (o *options) setPrintSpec(arg string) error {
	var err error
	if o.printAll = arg == "all"; !o.printAll {
		o.printSpec, err = strconv.ParseBool(arg)
	} else {
		o.printSpec = true
	}
	if err != nil {
		return fault.Text("only 'all' may stand after it")
	}
	return nil
}

// document returns the spec for --print-spec. Without all, it leaves out the lines that
// only this start needs, such as the file of standard output: the user may print the spec
// into this file, and a later command could then change it.
func (l *launch) document(all bool) string {
	s := *l.policy.Spec
	if !all {
		s.Paths = slices.DeleteFunc(slices.Clone(s.Paths), func(p spec.Path) bool { return origins.OfOneStart(p.By) })
	}
	return string(document.Append(nil, &s))
}

func say(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	return nil
}
