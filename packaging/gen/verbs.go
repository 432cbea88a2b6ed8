package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
)

// A sub is a subcommand of nono that is no front end of a sandbox: what it takes is a few
// words and flags of its own.
type sub struct {
	name, about string
	verbs       []verb // words that may stand first; none: flags does for all
	flags       string
}

// A verb is the first word of such a subcommand.
type verb struct {
	name, about string
	flags       string
	profiles    bool // names of profiles and the flags of nono run may follow
}

// subs are what their programs' usage says; a test holds the two together.
var subs = []sub{
	{name: "policy", about: "show, lint, compare or test a policy", verbs: []verb{
		{"show", "show every line of a policy, and where it comes from", "--system", true},
		{"lint", "say what is too wide, has no effect or contradicts something", "--policy", true},
		{"diff", "compare two profiles or specs", "", true},
		{"test", "test the assertions in a file", "", true},
		{"import", "translate a JSON profile of another nono", "", false},
		{"sign", "sign profiles with a key of OpenSSH", "--key", false},
		{"verify", "verify the signature of a profile", "--allowed-signers --revoked --signature --principal --bundle --trusted-root --identities", false},
		{"trust", "show the profile of a project, and use it from now on", "--yes --list", false},
		{"untrust", "forget such a profile", "", false},
	}},
	{name: "audit", about: "read the log of a run", verbs: []verb{
		{"show", "show what happened, a line each", "-f", false},
		{"verify", "say whether lines were changed, taken out or put in", "", false},
		{"report", "print one page of HTML", "", false},
		{"replay", "say what the policy of today would answer", "", true},
		{"schema", "print the JSON Schema of a line", "", false},
	}},
	{name: "ask", about: "answer the questions of runs with --ask", flags: "--once"},
	{name: "diff", about: "show what a run with --ephemeral or --undo changed", flags: "--stat"},
	{name: "keep", about: "move the changes of --ephemeral to the originals", flags: "--force"},
	{name: "discard", about: "throw those changes away"},
	{name: "ephemeral", about: "list the runs whose changes wait, or prune old ones", verbs: []verb{
		{"list", "show the runs whose changes wait", "", false},
		{"prune", "throw old runs away", "--older", false},
	}},
	{name: "undo", about: "take back what a run with --undo changed", flags: "--force", verbs: []verb{
		{"list", "show the runs that can be undone", "", false},
		{"prune", "forget how to undo old runs", "--older", false},
	}},
}

// fronts are the subcommands with tables of flags, and those that nono answers itself.
var fronts = []sub{
	{name: "run", about: "start a command that can touch only what is granted"},
	{name: "why", about: "say whether something would be allowed, and why"},
	{name: "learn", about: "make a profile of what a command uses"},
	{name: "shell", about: "start your shell in the sandbox"},
	{name: "version", about: "show the version"},
	{name: "help", about: "show the help"},
}

// allSubs are all of them, in the order in which they are offered.
func allSubs() []sub { return append(append([]sub{}, fronts...), subs...) }

// names joins the names of subcommands.
func names(list []sub, sep string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.name
	}
	return strings.Join(out, sep)
}

// helped are the subcommands that nono help knows.
func helped() []sub {
	var out []sub
	for _, s := range allSubs() {
		if s.name != "version" && s.name != "help" {
			out = append(out, s)
		}
	}
	return out
}

// verbNames joins the verbs of a subcommand.
func (s *sub) verbNames(sep string) string {
	out := make([]string, len(s.verbs))
	for i, v := range s.verbs {
		out[i] = v.name
	}
	return strings.Join(out, sep)
}

// bashSubs is the function that completes what stands after one of subs.
func bashSubs() string {
	var b strings.Builder
	b.WriteString(`# What the subcommand $1 takes, whose words begin at word $2.
_nono_sub() {
	local verb='' verbs='' flags='' profiles=''
	[ "$COMP_CWORD" -eq "$2" ] || verb=${COMP_WORDS[$2]}
	case $1/$verb in
`)
	for _, s := range subs {
		var first []string
		if len(s.verbs) > 0 {
			first = append(first, "verbs=$'"+s.verbNames(`\n`)+"'")
		}
		if s.flags != "" {
			first = append(first, "flags='"+s.flags+"'")
		}
		if len(s.verbs) > 0 {
			b.WriteString("\t" + s.name + "/) " + strings.Join(first, " ") + " ;;\n")
		}
		for _, v := range s.verbs {
			if v.flags != "" || v.profiles {
				b.WriteString("\t" + s.name + "/" + v.name + ")")
				if v.flags != "" {
					b.WriteString(" flags='" + v.flags + "'")
				}
				if v.profiles {
					b.WriteString(" profiles=yes")
				}
				b.WriteString(" ;;\n")
			}
		}
		if s.flags != "" {
			b.WriteString("\t" + s.name + "/*) flags='" + s.flags + "' ;;\n")
		}
	}
	b.WriteString(`	esac
	case $cur in
	-*)
		_nono_words "${flags// /$'\n'}"
		[ -z "$profiles" ] || _nono_words "$(_nono_list_run)"
		return
		;;
	esac
	[ -z "$profiles" ] || _nono_words "$(_nono_profiles)"
	if [ -n "$verbs" ]; then
		_nono_words "$verbs"
	else
		_nono_argument FILE
	fi
}
`)
	return b.String()
}

// zshSubs is the function that completes what stands after one of subs.
func zshSubs() string {
	var b strings.Builder
	b.WriteString(`# What the subcommand $1 takes; the words behind its name are in words, from 2 on.
_nono_sub() {
	local sub=$1 verb=''
	local -a verbs flags run
	run=(` + strings.Join(longNames(runFlags()), " ") + `)
	((CURRENT == 2)) || verb=$words[2]
	case $sub/$verb in
`)
	for _, s := range subs {
		b.WriteString("\t" + s.name + "/)\n\t\tverbs=(\n")
		for _, v := range s.verbs {
			b.WriteString("\t\t\t'" + v.name + ":" + v.about + "'\n")
		}
		b.WriteString("\t\t)\n\t\tflags=(" + s.flags + ")\n\t\t;;\n")
		for _, v := range s.verbs {
			if v.flags != "" || v.profiles {
				b.WriteString("\t" + s.name + "/" + v.name + ") flags=(" + v.flags)
				if v.profiles {
					b.WriteString(" $run")
				}
				b.WriteString(") ;;\n")
			}
		}
		if s.flags != "" {
			b.WriteString("\t" + s.name + "/*) flags=(" + s.flags + ") ;;\n")
		}
	}
	b.WriteString(`	esac
	if [[ $PREFIX == -* ]]; then
		compadd -a flags
		return
	fi
	case $sub/$verb in
	` + strings.Join(withProfiles(), "|") + `) _alternative 'profiles:profile:_nono_profiles' 'files:file:_files' ;;
	*)
		if ((${#verbs})); then
			_describe "$sub" verbs
		else
			_files
		fi
		;;
	esac
}
`)
	return b.String()
}

// longNames are the flags of a table as they are typed.
func longNames(table []cli.Flag) []string {
	var out []string
	for _, f := range table {
		out = append(out, "--"+f.Name)
	}
	return out
}

// withProfiles are the subcommands and verbs behind which profiles may stand.
func withProfiles() []string {
	var out []string
	for _, s := range subs {
		for _, v := range s.verbs {
			if v.profiles {
				out = append(out, s.name+"/"+v.name)
			}
		}
	}
	return out
}

// fishSubs are the lines that complete what stands after one of subs.
func fishSubs() string {
	var b strings.Builder
	for _, s := range subs {
		for _, v := range s.verbs {
			b.WriteString("complete -c nono -n '__nono_sub " + s.name + "' -a " + v.name + " -d '" + v.about + "'\n")
			fishWords(&b, s.name+" "+v.name, v.flags)
			b.WriteString("complete -c nono -F -n '__nono_sub " + s.name + " " + v.name + "'\n")
			if v.profiles {
				b.WriteString("complete -c nono -n '__nono_sub " + s.name + " " + v.name + "' -a '(__nono_profiles)'\n")
			}
		}
		fishWords(&b, s.name+" \"*\"", s.flags)
		if len(s.verbs) == 0 {
			b.WriteString("complete -c nono -F -n '__nono_sub " + s.name + " \"*\"'\n")
		}
	}
	return b.String()
}

// fishWords completes the flags behind where.
func fishWords(b *strings.Builder, where, flags string) {
	for _, f := range strings.Fields(flags) {
		option := " -l " + strings.TrimPrefix(f, "--")
		if !strings.HasPrefix(f, "--") {
			option = " -s " + strings.TrimPrefix(f, "-")
		}
		b.WriteString("complete -c nono -n '__nono_sub " + where + "'" + option + "\n")
	}
}
