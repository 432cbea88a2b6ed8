package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
)

func zshCompletion() string {
	return `#compdef nono nono-run nono-why nono-learn sclaude sopencode sopenclaw
# Completion of nono for zsh. Generated from the tables of flags.

_nono_profiles() {
	local -a names
	names=(${${(f)"$(_call_program profiles command nono-run --list-profiles 2>/dev/null)"}%%[[:space:]]*})
	_wanted profiles expl profile compadd -a names
}

_nono_allowed_commands() {
	local -a categories
	categories=(` + strings.Join(categories(), " ") + `)
	_alternative 'categories:category:compadd -a categories' 'commands:command:_command_names -e'
}

# $1 is the command that the words behind the flags belong to; without it the
# first of them is the command.
_nono_run() {
	local -a last
	if [[ -n ${1-} ]]; then
		last=("*:: : _nono_behind $1") # the space: without further arguments
	else
		last=('(-)1: :_command_names -e' '*:: :_normal')
	fi
	_arguments -S -A '-*' : \
` + zshSpecs(runFlags()) + `		"$last[@]"
}

_nono_shell() {
	_arguments -S -A '-*' : \
` + strings.TrimSuffix(zshSpecs(runFlags()), " \\\n") + `
}

_nono_learn() {
	_arguments -S -A '-*' : \
` + zshSpecs(learnFlags()) + `		'(-)1: :_command_names -e' '*:: :_normal'
}

_nono_why() {
	_arguments -S : \
` + zshSpecs(whyFlags()) + `		'*:path:_files'
}

` + zshSubs() + `
# Completes for an agent, as if its own name had been typed.
_nono_behind() {
	if [[ $words[1] == -- ]] && ((CURRENT > 1)); then
		shift words
		((CURRENT--))
	fi
	words=("$1" "$words[@]")
	((CURRENT++))
	_normal
}

_nono() {
	local curcontext=$curcontext context state state_descr line
	typeset -A opt_args
	case $service in
	nono-run) _nono_run; return ;;
	nono-why) _nono_why; return ;;
	nono-learn) _nono_learn; return ;;
	sclaude) _nono_run claude; return ;;
	sopencode) _nono_run opencode; return ;;
	sopenclaw) _nono_run openclaw; return ;;
	esac
	_arguments -C -A '-*' '1: :->sub' '*:: :->rest' && return
	case $state in
	sub)
		local -a subs
		subs=(
` + zshDescribed(allSubs()) + `		)
		_describe subcommand subs
		;;
	rest)
		case $words[1] in
		run) _nono_run ;;
		why) _nono_why ;;
		learn) _nono_learn ;;
		shell) _nono_shell ;;
		help) _values subcommand ` + names(helped(), " ") + ` ;;
		` + names(subs, "|") + `) _nono_sub $words[1] ;;
		esac
		;;
	esac
}

_nono "$@"
`
}

// zshSpecs is a table as arguments of _arguments.
func zshSpecs(table []cli.Flag) string {
	var b strings.Builder
	for _, f := range table {
		names := spellings(f, false)
		for _, n := range names {
			spec := n
			if !f.Bare() && strings.HasPrefix(n, "--") {
				spec += "="
			}
			switch {
			case f.Many:
				spec = "*" + spec
			case len(names) > 1:
				spec = "(" + strings.Join(names, " ") + ")" + spec
			}
			spec += "[" + zshEscape(f.Help) + "]"
			if !f.Bare() {
				spec += zshAction(f)
			}
			b.WriteString("\t\t'" + strings.ReplaceAll(spec, "'", `'\''`) + "' \\\n")
		}
	}
	return b.String()
}

func zshAction(f cli.Flag) string {
	kind := kindOf(f)
	if words, ok := strings.CutPrefix(kind, "WORDS:"); ok {
		return ":" + strings.ToLower(string(f.Arg)) + ":(" + words + ")"
	}
	switch kind {
	case "HOST":
		return ":host:_hosts"
	case "DIR":
		return ":directory:_path_files -/"
	case "FILE", "PATH":
		return ":" + strings.ToLower(string(f.Arg)) + ":_files"
	case "PROFILE":
		return ":profile:_nono_profiles"
	case "CATEGORY":
		return ":command or category:_nono_allowed_commands"
	case "COMMAND":
		return ":command:_command_names -e"
	case "NAME":
		return ":variable:_parameters -g '*export*'"
	}
	return ":" + strings.ToLower(string(f.Arg)) + ": "
}

func zshEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}

// zshDescribed is a list for _describe.
func zshDescribed(list []sub) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString("\t\t\t'" + s.name + ":" + s.about + "'\n")
	}
	return b.String()
}
