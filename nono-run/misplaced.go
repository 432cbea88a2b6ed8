package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/shellquote"
)

// misplaced refuses what can only be a mistake in where the command begins: a word
// before "--" that is no flag, and flags behind the command where none stands
// before it.
func (o *options) misplaced(set *cli.Set) error {
	argv := o.Command
	if len(argv) > 1 && argv[1] == "--" {
		return cli.Misuse("use "+fault.Quote(argv[0]), "it stands before '--' and is no flag",
			"nono run --allow "+shellquote.Words(argv)+" grants that path")
	}
	if len(argv) < 2 || o.described() {
		return nil
	}
	var flags, rest []string
	for i := 1; i < len(argv); i++ {
		f, ok := lookUp(set, argv[i])
		if !ok {
			rest = append(rest, argv[i])
			continue
		}
		flags = append(flags, argv[i])
		if f.Arg != cli.None && !strings.Contains(argv[i], "=") && i+1 < len(argv) {
			i++
			flags = append(flags, argv[i])
		}
	}
	if len(flags) == 0 {
		return nil
	}
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	return cli.Misuse("run with nothing granted", "what stands behind "+fault.Quote(argv[0])+" is for that command, "+fault.Quote(flags[0])+" too",
		"nono run "+shellquote.Words(flags)+" -- "+shellquote.Words(append([]string{argv[0]}, rest...)))
}

// described reports whether a flag or profile says what the command may do.
func (o *options) described() bool {
	return len(o.Grants) > 0 || o.NetBlock || len(o.Hosts) > 0 || len(o.Profiles) > 0 || o.showProfile != ""
}

// lookUp returns the flag of nono-run that a word spells.
func lookUp(set *cli.Set, word string) (cli.Flag, bool) {
	name, _, _ := strings.Cut(word, "=")
	for _, f := range set.Table() {
		if name == "--"+f.Name || f.Short != "" && name == "-"+f.Short {
			return f, f.InProfile // the ones that grant or deny something
		}
	}
	return cli.Flag{}, false
}
