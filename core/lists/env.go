package lists

import (
	_ "embed"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

//go:embed env.list
var envList string

// Env is a list of environment variables that are withheld from the command.
type Env struct{ patterns []pattern }

// pattern is head, or head and anything and rest, in which each further * stands
// for anything again.
type pattern struct {
	head, rest string
	star       bool
	pass       bool // a match lets the variable pass
	session    bool // it stands beneath [session]
}

// WithheldEnv returns the list that nono comes with.
func WithheldEnv() (Env, error) { return parseEnv("env.list", envList) }

// parseEnv reads a list of names and patterns, one a line; name is for messages.
func parseEnv(name, text string) (Env, error) {
	e := Env{patterns: make([]pattern, 0, 160)}
	err := lines(name, text, func(category, line string) string {
		name, pass := strings.CutPrefix(line, "!")
		if strings.Trim(name, "*") == "" || strings.ContainsAny(name, " \t=\x00") {
			return "a name or pattern is wanted, not " + fault.Quote(line)
		}
		p := pattern{pass: pass, session: category == "session"}
		p.head, p.rest, p.star = strings.Cut(name, "*")
		e.patterns = append(e.patterns, p)
		return ""
	})
	return e, err
}

// Withholds reports whether the variable of that name is withheld. The last
// pattern that matches decides; one with a leading ! lets the variable pass.
func (e Env) Withholds(name string) bool {
	p := e.decides(name)
	return p != nil && !p.pass
}

// Session reports whether a variable that is withheld carries no secret, but
// leads to a socket of the session: where these are shut it is of no use.
func (e Env) Session(name string) bool {
	p := e.decides(name)
	return p != nil && p.session
}

// decides returns the last pattern that matches, or nil.
func (e Env) decides(name string) *pattern {
	for i := len(e.patterns) - 1; i >= 0; i-- {
		if e.patterns[i].match(name) {
			return &e.patterns[i]
		}
	}
	return nil
}

func (p *pattern) match(name string) bool {
	if !p.star {
		return p.head == name
	}
	if !strings.HasPrefix(name, p.head) {
		return false
	}
	name = name[len(p.head):]
	for rest := p.rest; ; {
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
