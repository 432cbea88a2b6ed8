package main

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/nono-sandbox/nono/core/cli"
	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono learn [FLAG ...] [--] COMMAND [ARGUMENT ...]

Runs COMMAND once in a sandbox in which it may read all but what is protected,
and write to the working directory, the home and temporary files. Prints the
profile that the command would have needed.

  nono learn -- npm ci               print the profile
  nono learn -o mine -- make         save it: nono run --profile mine -- make
  nono learn --add-to mine -- make test
  nono learn --check mine -- make    what it lacks, and what is not used
`

const readOn = `
Manual: nono-learn(1), nono-profile(5).
`

// options are the flags of nono-learn.
type options struct {
	output, addTo, check string
	force, commands      bool
	silent               bool
	help, version        bool
	hosts, variables     []string
	command              []string
}

func (o *options) bind() *cli.Set {
	s := cli.NewSet(cli.LearnFlags...)
	for name, to := range map[string]*string{"output": &o.output, "add-to": &o.addTo, "check": &o.check} {
		s.BindString(name, to)
	}
	s.BindList("host", &o.hosts)
	s.BindList("allow-env", &o.variables)
	for name, to := range map[string]*bool{"force": &o.force, "commands": &o.commands, "silent": &o.silent, "help": &o.help, "version": &o.version} {
		s.BindBool(name, to)
	}
	return s
}

// run is the whole program; it returns the exit status.
func run(args []string, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	o := &options{}
	set := o.bind()
	words, err := set.Parse(args)
	status := 0
	if err == nil {
		o.command, p.Silent = words, o.silent
		status, err = o.act(p)
	}
	if err == nil {
		return status
	}
	return cli.Finish(p, err, usage)
}

func (o *options) act(p *cli.Printer) (int, error) {
	switch {
	case o.help:
		_, err := io.WriteString(p.Out, usage+cli.Help(cli.LearnFlags)+readOn)
		return 0, err
	case o.version:
		_, err := io.WriteString(p.Out, "nono-learn "+version.String()+"\n")
		return 0, err
	case len(o.command) == 0:
		return 0, cli.Misuse("learn from a command", "none is given", "nono learn -- COMMAND")
	case o.output != "" && o.addTo != "", o.output != "" && o.check != "", o.addTo != "" && o.check != "":
		return 0, cli.Misuse("use --output, --add-to and --check", "only one of them makes sense", "")
	case o.force && o.output == "":
		return 0, cli.Misuse("use --force", "nothing is saved without --output", "nono learn --output NAME --force -- COMMAND")
	}
	h, err := policy.ThisHost(runtime.GOOS)
	if err != nil {
		return 0, err
	}
	l := &lesson{options: o, h: h, p: p}
	if err := l.before(); err != nil {
		return 0, err
	}
	status, seen, err := l.watch()
	if err != nil || seen == nil {
		return status, err // nono-run has said why nothing was started
	}
	if l.failed = status != 0; l.failed {
		p.Notice("the command failed: the profile lacks what the command would have used later")
	}
	return status, l.conclude(seen)
}

// conclude makes the profile and does with it what was asked for.
func (l *lesson) conclude(seen *learn.Recording) error {
	g, err := l.ground(seen)
	if err != nil {
		return err
	}
	made := learn.Make(seen, g)
	l.withheld(seen, made)
	l.passed(made)
	if err := l.prove(made, g); err != nil {
		return err
	}
	switch {
	case l.check != "":
		return l.sayCheck(seen, made, g)
	case l.addTo != "":
		return l.add(made, g)
	case l.output != "":
		return l.save(made, g)
	}
	name := filepath.Base(l.command[0])
	if _, err := io.WriteString(l.p.Out, made.Text(title(name, l.command), g)); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	l.same(made)
	return nil
}

// same says which command line is the same without a profile, or, after a command that
// failed, how to learn the rest.
func (l *lesson) same(made *learn.Profile) {
	if l.failed {
		l.again(made)
		return
	}
	words := append([]string{"nono", "run"}, made.Flags()...)
	l.p.Hint("the same without a profile: " + shellquote.Words(append(append(words, "--"), l.command...)))
}

// again says how to learn from a command that has failed.
func (l *lesson) again(made *learn.Profile) {
	words := []string{"nono", "learn"}
	if name := cmp.Or(l.output, l.addTo); name != "" {
		words = append(words, "--add-to", name)
	}
	before := "find out why the command failed, then learn again: "
	blocked := func(line learn.Line) bool { return line.Word == "allow-command" }
	switch {
	case l.commands:
		words = append(words, "--commands")
	case slices.ContainsFunc(made.Asked, blocked):
		words = append(words, "--commands")
		before = "the command called blocked commands; to let them run, learn again: "
	}
	l.p.Hint(before + shellquote.Words(append(append(words, "--"), l.command...)))
}
