package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
)

func fishCompletion() string {
	withRun, _ := byArgument(runFlags())
	withWhy, _ := byArgument(whyFlags())
	withLearn, _ := byArgument(learnFlags())
	return `# Completion of nono for fish. Generated from the tables of flags.

# Prints what is being completed and the number of the word at which the command
# behind the flags begins, or would: sub 0, run 3, command 5, why 3, …
function __nono_where
    set -l words (commandline -opc)
    set -l at 2
    set -l table run
    switch (string replace -r '.*/' '' -- $words[1])
        case nono-run sclaude sopencode sopenclaw
        case nono-why
            set table why
        case nono-learn
            set table learn
        case '*'
            set at 3
            switch "$words[2]"
                case ''
                    echo sub 0
                    return
                case run
                case why help shell learn
                    set table $words[2]
                case '*'
                    echo none 0
                    return
            end
    end
    set -l with ` + wrap(withRun, " ", " \\\n        ") + `
    if test $table = why
        set with ` + wrap(withWhy, " ", " \\\n            ") + `
    else if test $table = learn
        set with ` + wrap(withLearn, " ", " \\\n            ") + `
    end
    while test $at -le (count $words)
        switch $words[$at]
            case --
                echo command (math $at + 1)
                return
            case '-*=*'
                set at (math $at + 1)
            case '-*'
                if contains -- $words[$at] $with
                    set at (math $at + 1)
                end
                set at (math $at + 1)
            case '*'
                echo command $at
                return
        end
    end
    # One more than there are words: a flag waits for its argument.
    if test $at -gt (math (count $words) + 1)
        echo $table 0
    else
        echo $table $at
    end
end

function __nono_is
    set -l where (string split ' ' -- (__nono_where))
    contains -- $where[1] $argv
end

# Whether a word that is no flag may stand here, in the tables given.
function __nono_free
    set -l where (string split ' ' -- (__nono_where))
    test $where[2] -gt 0; and contains -- $where[1] $argv
end

# Completes the command behind the flags as if it stood alone; with an argument,
# the words behind the flags are that command's.
function __nono_command
    set -l where (string split ' ' -- (__nono_where))
    set -l at $where[2]
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set words $argv $words[$at..-1]
    if set -q words[1]
        complete -C"$(string join ' ' -- (string escape -- $words) "$current")"
    else if string match -q -- '-*' "$current"
        return
    else if test -n "$current"
        complete -C"$current"
    else
        __fish_complete_command
    end
end

# Whether the words so far are the subcommand $argv[1] alone, or it and $argv[2]; "*" is
# anything.
function __nono_sub
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]; or return
    if test (count $argv) -eq 1
        test (count $words) -eq 2
    else
        test $argv[2] = '*'; or test "$words[3]" = $argv[2]
    end
end

# Whether flags of nono run may stand here.
function __nono_runs
    __nono_is run shell` + fishOrs(withProfiles()) + `
end

function __nono_profiles
    command nono-run --list-profiles 2>/dev/null | string replace -r '\s.*' ''
end

complete -c nono -f
` + fishNames() + `complete -c nono -n '__nono_is help' -a '` + names(helped(), " ") + `'
complete -c nono -c nono-run -c nono-learn -f -n '__nono_free run learn command' -a '(__nono_command)'
complete -c sclaude -f -n '__nono_free run command' -a '(__nono_command claude)'
complete -c sopencode -f -n '__nono_free run command' -a '(__nono_command opencode)'
complete -c sopenclaw -f -n '__nono_free run command' -a '(__nono_command openclaw)'
complete -c nono -c nono-why -F -n '__nono_free why'
` + fishFlags("-c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs", runFlags()) +
		fishFlags("-c nono -c nono-why -n '__nono_is why'", whyFlags()) +
		fishFlags("-c nono -c nono-learn -n '__nono_is learn'", learnFlags()) +
		fishSubs()
}

// fishOrs are the other places.
func fishOrs(places []string) string {
	out := ""
	for _, p := range places {
		out += "; or __nono_sub " + strings.ReplaceAll(p, "/", " ")
	}
	return out
}

// fishNames are the lines that complete the name of a subcommand.
func fishNames() string {
	var b strings.Builder
	for _, s := range allSubs() {
		b.WriteString("complete -c nono -n '__nono_is sub' -a " + s.name + " -d '" + s.about + "'\n")
	}
	return b.String()
}

func fishFlags(condition string, table []cli.Flag) string {
	var b strings.Builder
	for _, f := range table {
		b.WriteString("complete " + condition + " -l " + f.Name)
		if f.Short != "" {
			b.WriteString(" -s " + f.Short)
		}
		if !f.Bare() {
			b.WriteString(fishArgument(f))
		}
		b.WriteString(" -d '" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(f.Help) + "'\n")
	}
	return b.String()
}

func fishArgument(f cli.Flag) string {
	kind := kindOf(f)
	if words, ok := strings.CutPrefix(kind, "WORDS:"); ok {
		return " -x -a '" + words + "'"
	}
	switch kind {
	case "HOST":
		return " -x -a '(__fish_print_hostnames)'"
	case "DIR":
		return " -x -a '(__fish_complete_directories)'"
	case "FILE", "PATH":
		return " -r -F"
	case "PROFILE":
		return " -x -a '(__nono_profiles)'"
	case "CATEGORY":
		return " -x -a '" + strings.Join(categories(), " ") + " (__fish_complete_command)'"
	case "COMMAND":
		return " -x -a '(__fish_complete_command)'"
	case "NAME":
		return " -x -a '(set -nx)'"
	}
	return " -x"
}
