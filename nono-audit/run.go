package main

import (
	_ "embed"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/cli"
	_ "github.com/nono-sandbox/nono/core/entry" // too little memory, said before Go's start
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono audit show [-f] LOG
       nono audit verify LOG
       nono audit report LOG >PAGE.html
       nono audit replay LOG [FLAG of nono run ...]
       nono audit schema

Reads a log that nono run --audit-log wrote.

  show     what happened, a line each; -f waits for more
  verify   whether each line follows the line before it
  report   one page of HTML that needs nothing else
  replay   what today's policy would say; without flags, that of the log
  schema   what a line looks like, as a JSON Schema
`

// schema is a JSON Schema of one line (json-schema.org, draft 2020-12).
//
//go:embed schema.json
var schema string

// Exit statuses besides 0: bad is for a log that is not as it was written, or a replay
// with another verdict.
const bad = 1

// run is the whole program; it returns the exit status.
func run(args []string, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	status, err := act(args, stdout)
	if err == nil {
		return status
	}
	p.Error(err)
	var misuse *cli.UsageError
	if errors.As(err, &misuse) {
		return cli.Usage
	}
	return fault.Failed
}

func act(args []string, out io.Writer) (int, error) {
	if len(args) == 0 {
		return 0, cli.Misuse("read a log", "a subcommand is missing", "nono audit show LOG, or --help")
	}
	sub, args := args[0], args[1:]
	switch sub {
	case "--help", "-h", "help":
		_, err := io.WriteString(out, usage)
		return 0, err
	case "schema":
		text := schema
		if cli.WantsHelp(args) {
			text = usage
		}
		_, err := io.WriteString(out, text)
		return 0, err
	case "--version":
		_, err := io.WriteString(out, "nono-audit "+version.String()+"\n")
		return 0, err
	}
	switch {
	case !slices.Contains([]string{"show", "verify", "report", "replay"}, sub):
		return 0, cli.Misuse("find the subcommand "+fault.Quote(sub), "there is none of that name", "show, verify, report, replay or schema")
	case cli.WantsHelp(args):
		_, err := io.WriteString(out, usage)
		return 0, err
	}
	follow := false
	if sub != "replay" {
		// The flags of replay are nono-run's.
		var err error
		if follow, args, err = words(sub, args); err != nil {
			return 0, err
		}
	}
	if len(args) == 0 {
		return 0, cli.Misuse("read a log", "its file is missing", "nono audit "+sub+" LOG")
	}
	if len(args) > 1 && sub != "replay" {
		return 0, cli.Misuse("read "+fault.Quote(args[1]), "one log at a time", "")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return 0, &fault.Error{Do: "read the log", Path: args[0], Err: err}
	}
	defer f.Close()
	switch sub {
	case "show":
		return show(f, follow, out)
	case "verify":
		return verify(f, out)
	case "report":
		return report(f, args[0], out)
	}
	return replay(f, args[1:], out)
}

// words splits what stands behind a subcommand into its flag, where it has one, and words.
func words(sub string, args []string) (follow bool, words []string, err error) {
	var table []cli.Flag
	if sub == "show" {
		table = []cli.Flag{{Name: "follow", Short: "f", Help: "wait for more"}}
	}
	set := cli.NewSet(table...)
	if sub == "show" {
		set.BindBool("follow", &follow)
	}
	words, err = set.ParseAnywhere(args)
	return follow, words, err
}

// verify says whether the log is as it was written.
func verify(f io.Reader, out io.Writer) (int, error) {
	r := audit.NewReader(f)
	runs, err := r.Runs()
	if err != nil {
		return 0, &fault.Error{Do: "read the log", Err: err}
	}
	events := 0
	for _, run := range runs {
		events += len(run.Events)
	}
	text := ""
	for _, problem := range r.Problems {
		text += problem.String() + "\n"
	}
	for _, id := range r.Open() {
		text += "the run " + id + " has no end: it goes on, its supervisor was killed, or its last lines are missing\n"
	}
	status := 0
	if r.Last == "" {
		text = "the log is empty: if a run wrote to it, all its lines are missing\n"
	}
	if text != "" {
		status = bad
	}
	text += count(len(runs), "run") + ", " + count(events, "line")
	if status == 0 {
		text += ": each line follows the line before it\n" +
			"the SHA-256 digest of the last line is " + r.Last + "\n" +
			"whether runs are missing at the end, or all lines were written again, only a copy of this digest in another place can tell"
	}
	_, err = io.WriteString(out, text+"\n")
	return status, err
}
