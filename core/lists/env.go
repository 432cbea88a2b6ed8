package lists

import (
	_ "embed"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

//go:embed env.list
var envList string

// Env is a list of environment variables that are withheld from the command.
type Env struct{ patterns []string }

// WithheldEnv returns the list that nono comes with.
func WithheldEnv() (Env, error) { return ParseEnv("env.list", envList) }

// ParseEnv reads a list of names and patterns, one a line; name is for messages.
func ParseEnv(name, text string) (Env, error) {
	e := Env{patterns: make([]string, 0, 128)}
	err := lines(name, text, func(_, line string) string {
		if p := strings.TrimPrefix(line, "!"); strings.Trim(p, "*") == "" || strings.ContainsAny(p, " \t=\x00") {
			return "a name or pattern is wanted, not " + fault.Quote(line)
		}
		e.patterns = append(e.patterns, line)
		return ""
	})
	return e, err
}

// Withholds reports whether the variable of that name is withheld. The last
// pattern that matches decides; one with a leading ! lets the variable pass.
func (e Env) Withholds(name string) bool {
	for i := len(e.patterns) - 1; i >= 0; i-- {
		p, pass := strings.CutPrefix(e.patterns[i], "!")
		if match(p, name) {
			return !pass
		}
	}
	return false
}

// match reports whether name is p, in which each * stands for any run of bytes.
func match(p, name string) bool {
	head, rest, star := strings.Cut(p, "*")
	if !star {
		return p == name
	}
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(name, part)
		}
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name, rest = name[i+len(part):], more
	}
}
