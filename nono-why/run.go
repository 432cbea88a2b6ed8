package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"slices"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono why [FLAG ...] PATH
       nono why [FLAG ...] --host HOST [--port N] | --unix-socket PATH
       nono why [FLAG ...] --command NAME
       nono why [FLAG ...] -- COMMAND [ARG ...]
       nono why [FLAG ...] --batch | --self --summary | --hook | --support

Says whether a sandbox would let something through, why, and what would change
that. The sandbox is the one that nono run would make of the same flags.

  nono why ~/.ssh/id_rsa                      by default
  nono why --allow ~ --op write ~/.zshrc      had it been granted the home
  nono why --allow . -- git rebase main       a whole command
  nono why --self --op read /etc/shadow       inside: of this very sandbox

Operations: read (the default), write, readwrite, execute, list, create, delete,
rmdir, mkdir, symlink, mkfifo, mksock, mkdev, truncate, rename-to, link-to,
ioctl, connect. Exit status: 0 allowed, 1 denied, 2 a mistake or an error.
`

// Exit statuses besides cli.Usage.
const (
	exitAllowed = 0
	exitDenied  = 1
)

// errDenied is no failure: it makes the exit status.
const errDenied = fault.Text("denied")

// options are the flags of nono-why.
type options struct {
	cli.Request
	path, op, to, host, port, socket, command string
	specFile, platform, reason                string
	sockets                                   []string // to be granted
	argv                                      []string // a whole command
	udp, batch, support, summary, self, hook  bool
	request                                   bool
	json, verbose, silent, help, version      bool
	stdin                                     io.Reader
}

func (o *options) bind() *cli.Set {
	s := cli.NewSet(cli.WhyTable()...)
	// Bound first by the policy as a grant, --unix-socket is the question here.
	o.Request.Bind(s)
	for name, to := range map[string]*string{
		"path": &o.path, "op": &o.op, "to": &o.to, "host": &o.host, "port": &o.port,
		"command": &o.command, "spec": &o.specFile, "platform": &o.platform, "reason": &o.reason,
	} {
		s.BindString(name, to)
	}
	o.BindPorts(s, "grant-port")
	s.BindList("grant-unix-socket", &o.sockets)
	o.BindHosts(s, "grant-host")
	for name, to := range map[string]*bool{
		"udp": &o.udp, "batch": &o.batch, "hook": &o.hook, "support": &o.support, "summary": &o.summary, "self": &o.self, "request": &o.request,
		"json": &o.json, "verbose": &o.verbose, "silent": &o.silent, "help": &o.help, "version": &o.version,
	} {
		s.BindBool(name, to)
	}
	return s
}

// run is the whole program; it returns the exit status.
func run(args []string, stdin, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	o := &options{stdin: stdin}
	set := o.bind()
	err := o.parse(set, args)
	if err == nil {
		p.Silent = o.silent
		err = o.act(set, p)
	}
	switch {
	case err == nil:
		return exitAllowed
	case err == errDenied:
		return exitDenied
	case errors.Is(err, flag.ErrHelp):
		io.WriteString(p.Out, usage)
		return exitAllowed
	}
	p.Error(err)
	return cli.Usage
}

// act does what the flags ask for.
func (o *options) act(set *cli.Set, p *cli.Printer) error {
	switch {
	case o.help:
		if set.Short("help") {
			return say(p.Out, usage+"\nnono why --help shows all flags.\n")
		}
		return say(p.Out, usage+cli.Help(set.Table())+"\nManual: nono-why(1), nono(7).\n")
	case o.version:
		return say(p.Out, "nono-why "+version.String()+"\n")
	case o.support:
		return o.tellSupport(p)
	}
	w, err := o.sandbox(set, p)
	if err != nil && o.hook {
		return nil // there is nobody to tell but the agent, who cannot mend it
	}
	if err != nil {
		return err
	}
	switch {
	case o.summary:
		return say(p.Out, fault.Plain(w.summary()))
	case o.hook:
		return w.hook(o.stdin, p.Out)
	case o.batch:
		return w.batch(o.stdin, p.Out)
	}
	if o.argv != nil {
		all, err := w.aboutWhole(o.argv)
		return o.showAll(all, err, p)
	}
	v, err := w.answer(o)
	if err == nil && o.request {
		err = w.askAhead(&v, o.reason)
	}
	if o.path != "" {
		w.suggestCommand(&v)
	}
	return o.showAll([]query.Verdict{v}, err, p)
}

// showAll shows the verdicts; if one is a denial, that makes the exit status.
func (o *options) showAll(all []query.Verdict, err error, p *cli.Printer) error {
	if err != nil {
		return err
	}
	for i := range all {
		if err := o.show(&all[i], p); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(all, func(v query.Verdict) bool { return v.Status == query.Denied }) {
		return errDenied
	}
	return nil
}

func (o *options) show(v *query.Verdict, p *cli.Printer) error {
	switch {
	case o.silent:
		return nil
	case o.json:
		return say(p.Out, string(v.AppendJSON(nil))+"\n")
	}
	return say(p.Out, fault.Plain(text(v, o.verbose)))
}

func say(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	return nil
}
