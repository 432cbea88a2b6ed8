package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
)

// byArgument splits a table into the spellings of flags with and without an
// argument.
func byArgument(table []cli.Flag) (with, without []string) {
	for _, f := range table {
		if f.Bare() {
			without = append(without, spellings(f, true)...)
		} else {
			with = append(with, spellings(f, true)...)
		}
	}
	return with, without
}

// posixKinds is the shell function that tells flags apart, for bash and zsh.
func posixKinds(table []cli.Flag) string {
	with, without := byArgument(table)
	return `function _nono_kind {
	case $1 in
	-*=*) return 1 ;;
	` + wrap(with, " | ", " | \\\n\t\t") + `) return 0 ;;
	` + wrap(without, " | ", " | \\\n\t\t") + `) return 1 ;;
	esac
	return 2
}
`
}

// goKinds is for the nono program, and knows only which flags take an argument.
func goKinds(table []cli.Flag) string {
	with, _ := byArgument(table)
	for i, w := range with {
		with[i] = strconv.Quote(w)
	}
	return `
// takesArgument reports whether a flag of nono-run takes the word behind it.
func takesArgument(flag string) bool {
	switch flag {
	case ` + wrap(with, ", ", ",\n\t\t") + `:
		return true
	}
	return false
}

`
}

func fishKinds(table []cli.Flag) string {
	with, without := byArgument(table)
	return `function __nono_kind
    switch $argv[1]
        case '-*=*'
            return 1
        case ` + wrap(with, " ", " \\\n            ") + `
            return 0
        case ` + wrap(without, " ", " \\\n            ") + `
            return 1
    end
    return 2
end
`
}

// wrap joins words, with a line break in place of sep where a line gets long.
func wrap(words []string, sep, lineBreak string) string {
	var b strings.Builder
	width := 0
	for i, w := range words {
		if i > 0 {
			if width > 60 {
				b.WriteString(lineBreak)
				width = 0
			} else {
				b.WriteString(sep)
			}
		}
		b.WriteString(w)
		width += len(w) + len(sep)
	}
	return b.String()
}
