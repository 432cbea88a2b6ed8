package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/query"
)

// categories returns the words, besides names of commands, that
// --allow-command takes.
func categories() []string {
	words := []string{"all"}
	for _, goos := range []string{"linux", "darwin"} {
		list, err := lists.Categories(goos)
		if err != nil {
			panic(err) // the lists are part of this program
		}
	next:
		for _, c := range list {
			for _, w := range words {
				if w == c {
					continue next
				}
			}
			words = append(words, c)
		}
	}
	return words
}

// bashCompletion is written for bash 3.2 as macOS has it.
func bashCompletion() string {
	return `# Completion of nono for bash. Generated from the tables of flags.
# shellcheck shell=bash

` + bashTable("run", runFlags()) + "\n" + bashTable("why", whyFlags()) + "\n" + bashTable("learn", learnFlags()) + `
# Makes each line of $1 a candidate. An array would take a name for a pattern.
_nono_take() {
	local line
	while IFS= read -r line; do
		[ -z "$line" ] || COMPREPLY+=("$line")
	done <<<"$1"
}

# Candidates of the lines of $1.
_nono_words() {
	local IFS=$'\n'
	_nono_take "$(compgen -W "$1" -- "$cur")"
}

_nono_profiles() {
	command nono-run --list-profiles 2>/dev/null | while IFS=' ' read -r name _; do printf '%s\n' "$name"; done
}

# The argument of the kind $1.
_nono_argument() {
	local IFS=$' \t\n'
	case $1 in
	DIR | FILE | PATH) compopt -o filenames 2>/dev/null ;;
	esac
	case $1 in
	DIR) _nono_take "$(compgen -d -- "$cur")" ;;
	FILE | PATH) _nono_take "$(compgen -f -- "$cur")" ;;
	PROFILE) _nono_words "$(_nono_profiles)" ;;
	CATEGORY)
		_nono_words $'` + strings.Join(categories(), `\n`) + `'
		_nono_take "$(compgen -c -- "$cur")"
		;;
	COMMAND) _nono_take "$(compgen -c -- "$cur")" ;;
	NAME) _nono_take "$(compgen -e -- "$cur")" ;;
	HOST) _nono_take "$(compgen -A hostname -- "$cur")" ;;
	WORDS:*)
		IFS=' '
		_nono_take "$(compgen -W "${1#WORDS:}" -- "$cur")"
		;;
	esac
}

# The command that begins at word $1 completes as if it stood alone.
_nono_command() {
	local at=$1 spec function command
	if [ "$at" -eq "$COMP_CWORD" ]; then
		compopt -o filenames 2>/dev/null
		case $cur in
		*/*) _nono_take "$(compgen -f -- "$cur")" ;;
		*) _nono_take "$(compgen -c -- "$cur")" ;;
		esac
		return
	fi
	if declare -F _comp_command_offset >/dev/null; then
		_comp_command_offset "$at"
		return
	elif declare -F _command_offset >/dev/null; then
		_command_offset "$at"
		return
	fi
	command=${COMP_WORDS[$at]}
	spec=$(complete -p -- "$command" 2>/dev/null || complete -p -- "${command##*/}" 2>/dev/null)
	case $spec in
	*' -F '*)
		function=${spec#*' -F '}
		function=${function%% *}
		COMP_WORDS=("${COMP_WORDS[@]:$at}")
		COMP_CWORD=$((COMP_CWORD - at))
		local IFS=' '
		COMP_LINE="${COMP_WORDS[*]}"
		COMP_POINT=${#COMP_LINE}
		unset IFS
		"$function" "$command" "$cur" "${COMP_WORDS[$((COMP_CWORD - 1))]}"
		;;
	'complete '*)
		# What complete prints is what compgen takes, but for the name.
		spec=${spec#complete }
		_nono_take "$(eval "compgen ${spec% *} -- \"\$cur\"")"
		;;
	*)
		_nono_argument FILE
		;;
	esac
}

# The flags of $1 from word $2 on; with $3 an agent's, whose words end them.
_nono_flags() {
	local table=$1 at=$2 kind='' word
	while [ "$at" -lt "$COMP_CWORD" ]; do
		word=${COMP_WORDS[$at]}
		case $word in
		--)
			_nono_after "$table" $((at + 1)) "$3"
			return
			;;
		-*)
			kind=$(_nono_kind_"$table" "$word")
			at=$((at + 1))
			# bash splits --flag=argument at the sign.
			if [ "${COMP_WORDS[$at]-}" = = ]; then
				[ "$at" -lt "$COMP_CWORD" ] || cur=
				at=$((at + 1))
			fi
			if [ -n "$kind" ]; then
				if [ "$at" -ge "$COMP_CWORD" ]; then
					_nono_argument "$kind"
					return
				fi
				at=$((at + 1))
			fi
			;;
		*)
			_nono_after "$table" "$at" "$3"
			return
			;;
		esac
	done
	case $cur in
	-*)
		_nono_words "$(_nono_list_"$table")"
		;;
	*)
		_nono_after "$table" "$at" "$3"
		;;
	esac
}

# What stands behind the flags of $1, from word $2 on.
_nono_after() {
	if [ "$1" = why ]; then
		_nono_argument PATH
	elif [ "$3" = shell ]; then
		COMPREPLY=()
	elif [ -n "$3" ]; then
		# An agent's own completion, as if it had been typed.
		COMP_WORDS=("$3" "${COMP_WORDS[@]:$2}")
		COMP_CWORD=$((COMP_CWORD - $2 + 1))
		local IFS=' '
		COMP_LINE="${COMP_WORDS[*]}"
		COMP_POINT=${#COMP_LINE}
		unset IFS
		_nono_command 0
	else
		_nono_command "$2"
	fi
}

` + bashSubs() + `
# Where the shell runs with set -e, nothing here may end it.
_nono() {
	local cur=${COMP_WORDS[$COMP_CWORD]} IFS=$' \t\n'
	COMPREPLY=()
	_nono_line ${1+"$@"} || return 0
}

_nono_line() {
	case ${1##*/} in
	nono-run) _nono_flags run 1 '' ;;
	nono-why) _nono_flags why 1 '' ;;
	nono-learn) _nono_flags learn 1 '' ;;
	sclaude) _nono_flags run 1 claude ;;
	sopencode) _nono_flags run 1 opencode ;;
	sopenclaw) _nono_flags run 1 openclaw ;;
	*)
		if [ "$COMP_CWORD" -eq 1 ]; then
			_nono_words $'` + names(allSubs(), `\n`) + `'
			return
		fi
		case ${COMP_WORDS[1]} in
		run) _nono_flags run 2 '' ;;
		shell) _nono_flags run 2 shell ;;
		why) _nono_flags why 2 '' ;;
		learn) _nono_flags learn 2 '' ;;
		help) _nono_words $'` + names(helped(), `\n`) + `' ;;
		` + names(subs, " | ") + `) _nono_sub "${COMP_WORDS[1]}" 2 ;;
		esac
		;;
	esac
}

# Without compopt all is taken for names of files, or none is.
if [ "${BASH_VERSINFO[0]}" -lt 4 ]; then
	complete -o filenames -F _nono nono nono-run nono-why nono-learn sclaude sopencode sopenclaw
else
	complete -F _nono nono nono-run nono-why nono-learn sclaude sopencode sopenclaw
fi
`
}

// bashTable is the two functions that know one table: the list of flags, and
// the kind of a flag's argument, empty if it takes none.
func bashTable(name string, table []cli.Flag) string {
	var b strings.Builder
	b.WriteString("_nono_list_" + name + "() {\n\tprintf '%s\\n'")
	for i, f := range table {
		if i%4 == 0 {
			b.WriteString(" \\\n\t\t")
		} else {
			b.WriteString(" ")
		}
		b.WriteString(strings.Join(spellings(f, false), " "))
	}
	b.WriteString("\n}\n\n_nono_kind_" + name + "() {\n\tcase $1 in\n")
	kinds := map[string][]string{}
	var order []string
	for _, f := range table {
		if k := kindOf(f); k != "" {
			if kinds[k] == nil {
				order = append(order, k)
			}
			kinds[k] = append(kinds[k], spellings(f, true)...)
		}
	}
	for _, k := range order {
		b.WriteString("\t" + wrap(kinds[k], " | ", " | \\\n\t\t") + ") echo '" + k + "' ;;\n")
	}
	b.WriteString("\tesac\n}\n")
	return b.String()
}

// kindOf is what a completion needs to know of a flag's argument; WORDS: and the
// words, where there are only these.
func kindOf(f cli.Flag) string {
	switch {
	case f.Name == "allow-command":
		return "CATEGORY"
	case f.Arg == cli.Op:
		var words []string
		for _, o := range query.Ops {
			words = append(words, string(o))
		}
		return "WORDS:" + strings.Join(words, " ")
	case f.Arg == cli.Word:
		words := quoted(f.Help)
		for _, other := range cli.RunFlags { // --remove-hook takes what --install-hook takes
			if len(words) == 0 && other.Arg == cli.Word {
				words = quoted(other.Help)
			}
		}
		return "WORDS:" + strings.Join(words, " ")
	}
	return string(f.Arg)
}

// quoted returns the words that the help of a flag names: those in quotes, or
// those behind a colon where there are many.
func quoted(help string) []string {
	var words []string
	if _, list, ok := strings.Cut(help, ": "); ok && !strings.Contains(help, "'") {
		return strings.Split(list, ", ")
	}
	for i, w := range strings.Split(help, "'") {
		if i%2 == 1 {
			words = append(words, w)
		}
	}
	return words
}
