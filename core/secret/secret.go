// Package secret knows where secrets come from: the sources that --secret names, and
// how the program of each password manager is asked. It fetches nothing itself.
package secret

import (
	"strings"
	"unicode/utf8"
)

// A Secret is one variable of the command and the source of its value.
type Secret struct {
	Name   string // of the variable
	Source string // as it was given
	Query  Query
	// From is the profile that asks for it, or empty for the command line.
	From string
}

// A Query is how a secret is fetched: by a program, or out of a file.
type Query struct {
	Scheme string // what the source begins with: "pass", "op", "file"
	// Argv is the program, by its name or an absolute path, and its arguments. It is
	// empty where a file is read.
	Argv []string
	// File is the file to read, absolute or beneath "~/".
	File string
	// Line is the one line of the answer that is wanted, from 1; 0 says that the whole
	// answer must be one line.
	Line int
	// Terminal says that the program may ask the user: it gets the terminal that nono
	// has. Any other gets none, so that it fails where it would wait for an answer.
	Terminal bool
	// Locked is what the user has to do before this manager answers, or empty.
	Locked string
}

// Most is the size in bytes of the longest secret. The kernel takes no variable of more
// than 128 KiB (execve(2), MAX_ARG_STRLEN).
const Most = 64 << 10

// Parse takes NAME=SOURCE. Where that is no secret, problem says why, and remedy what
// would be one.
func Parse(arg string) (s Secret, problem, remedy string) {
	name, source, ok := strings.Cut(arg, "=")
	if !ok || source == "" {
		return s, "it must be NAME=SOURCE", "--secret API_KEY=pass:api/key"
	}
	if problem, remedy = checkName(name); problem != "" {
		return s, problem, remedy
	}
	q, problem, remedy := ParseSource(source)
	return Secret{Name: name, Source: source, Query: q}, problem, remedy
}

// ParseSource takes SOURCE alone.
func ParseSource(source string) (q Query, problem, remedy string) {
	scheme, rest, ok := strings.Cut(source, ":")
	form := find(scheme)
	switch {
	case !ok || form == nil:
		return q, "the source begins with none of " + schemes(), "NAME=pass:ENTRY, NAME=file:/PATH, NAME=exec:/PATH"
	case !utf8.ValidString(rest) || strings.ContainsFunc(rest, func(c rune) bool { return c < ' ' || c == 0x7f }):
		return q, "the source has a control character or is not UTF-8", form.usage
	}
	if form.scheme == "op" {
		if rest, ok = strings.CutPrefix(rest, "//"); !ok {
			return q, "the source is not written as 1Password has it", form.usage
		}
	}
	switch {
	case rest == "":
		return q, "nothing stands behind '" + scheme + ":'", form.usage
	case rest[0] == '-':
		return q, "what stands behind '" + scheme + ":' begins with '-', and would be a flag to its program", form.usage
	}
	q, problem = form.query(rest)
	q.Scheme, q.Terminal, q.Locked = scheme, form.terminal, form.locked
	return q, problem, form.usage
}

// absolute reports whether a path says where it is without a working directory.
func absolute(path string) bool {
	return strings.HasPrefix(path, "/") || strings.HasPrefix(path, "~/")
}
