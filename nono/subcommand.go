package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
	"github.com/nono-sandbox/nono/core/shellquote"
)

// A subcommand is a program beside this one, or a part of such a program.
type subcommand struct {
	name, about string
	program     string
	named       bool // the program wants the subcommand's name as its first argument
}

// subcommands are listed in this order.
var subcommands = [...]subcommand{
	{"run", "start a command that can touch only what is granted", "nono-run", false},
	{"why", "say whether something would be allowed, and why", "nono-why", false},
	{"learn", "make a profile of what a command uses", "nono-learn", false},
	{"policy", "show, lint, compare or test a policy", "nono-policy", false},
	{"audit", "read the log of a run", "nono-audit", false},
	{"ask", "answer the questions of runs with --ask", "nono-ask", false},
	{"shell", "start your shell in the sandbox; takes the flags of run", "nono-run", false},
	{"diff", "show what a run with --ephemeral or --undo changed", "nono-ephemeral", true},
	{"keep", "move the changes of --ephemeral to the originals", "nono-ephemeral", true},
	{"discard", "throw those changes away", "nono-ephemeral", true},
	{"ephemeral", "list the runs whose changes wait, or prune old ones", "nono-ephemeral", false},
	{"undo", "take back what a run with --undo changed; list or prune runs", "nono-ephemeral", true},
	{"version", "show the version", "", false},
	{"help", "show this, or the help of a subcommand", "", false},
}

// find returns the subcommand of that name, or nil.
func find(name string) *subcommand {
	for i := range subcommands {
		if subcommands[i].name == name {
			return &subcommands[i]
		}
	}
	return nil
}

// usage is the help of nono itself.
func usage() string {
	var b strings.Builder
	b.WriteString("usage: nono SUBCOMMAND [ARGUMENT ...]\n\n")
	for _, s := range subcommands {
		b.WriteString("  " + s.name + strings.Repeat(" ", 11-len(s.name)) + s.about + "\n")
	}
	b.WriteString("\nBegin with: nono run --allow . -- COMMAND\nManual: nono(7)\n")
	return b.String()
}

// unknown says which subcommand may have been meant by args.
func unknown(args []string) error {
	name := args[0]
	none := &fault.Error{Do: "find a subcommand " + fault.Quote(name), Err: fault.Text("there is none of that name"), Hint: formerly(name)}
	if none.Hint != "" {
		return none
	}
	if flag := strings.TrimLeft(name, "-"); flag != name && flag != "" && strings.Trim(flag, "abcdefghijklmnopqrstuvwxyz-") == "" {
		return &fault.Error{Do: "use the flag " + fault.Quote(name), Err: fault.Text("no subcommand stands before it"),
			Hint: shellquote.Words(append([]string{"nono", "run"}, args...))}
	}
	names := make([]string, len(subcommands))
	for i, s := range subcommands {
		names[i] = s.name
	}
	none.Hint = "nono help lists the subcommands"
	if near := nearest.Name(name, names); near != "" {
		none.Hint = "did you mean nono " + near + "?"
	}
	return none
}

// formerly says how what other sandboxes of the same name take before or as a
// subcommand is spelled here, or "".
func formerly(word string) string {
	switch word {
	case "wrap", "exec":
		return "nono run … -- COMMAND"
	case "setup":
		return "nothing has to be set up: nono run --allow . -- COMMAND; nono why --support tells what this kernel can enforce"
	case "trust", "rollback", "profile":
		return "nono run --list-profiles; nono help tells what there is"
	}
	return ""
}
