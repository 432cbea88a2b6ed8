package lists

import (
	_ "embed"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

//go:embed env.list
var envList string

// Env is a list of environment variables that are withheld from the command.
type Env struct {
	patterns []pattern
	values   []pattern // of values, whatever the name
}

// pattern is head, or head and anything and rest, in which each further * stands
// for anything again.
type pattern struct {
	head, rest string
	star       bool
	stars      bool // rest has a further one
	pass       bool // a match lets the variable pass
	session    bool // it stands beneath [session]
	address    bool // it stands beneath [addresses]
}

// WithheldEnv returns the list that nono comes with.
func WithheldEnv() (Env, error) { return parseEnv("env.list", envList) }

// parseEnv reads a list of names and patterns, one a line; name is for messages.
func parseEnv(name, text string) (Env, error) {
	e := Env{patterns: make([]pattern, 0, 160), values: make([]pattern, 0, 48)}
	err := lines(name, text, func(category, line string) string {
		name, pass := strings.CutPrefix(line, "!")
		if strings.Trim(name, "*") == "" || category != "values" && strings.ContainsAny(name, " \t=\x00") {
			return "it must be a name or a pattern, not " + fault.Quote(line)
		}
		p := pattern{pass: pass, session: category == "session", address: category == "addresses"}
		p.head, p.rest, p.star = strings.Cut(name, "*")
		p.stars = strings.Contains(p.rest, "*")
		if category == "values" {
			e.values = append(e.values, p)
		} else {
			e.patterns = append(e.patterns, p)
		}
		return ""
	})
	return e, err
}

// shortest is the length of the shortest value, in bytes, that a pattern of
// values is asked about: every credential that they describe is longer.
const shortest = 16

// Reveals reports whether a value is a credential by its look: it has the
// beginning of a service's tokens, is a private key, or has a URL with a password
// in it. What looks like nothing in particular is not found.
func (e Env) Reveals(value string) bool {
	if urlPassword(value) {
		return true
	}
	if len(value) < shortest {
		return false
	}
	for i := range e.values {
		if e.values[i].match(value) {
			return true
		}
	}
	return false
}

// urlPassword reports whether s has a URL in it whose authority names a user and
// a password that is not empty (RFC 3986, 3.2.1). A user alone, as in
// ssh://git@host, is no secret.
func urlPassword(s string) bool {
	for {
		_, rest, found := strings.Cut(s, "://")
		if !found {
			return false
		}
		s = rest
		// Many programs take a password with these bytes unescaped, too: the last @
		// before the first blank or slash ends it.
		authority := s
		if i := strings.IndexAny(s, "/ \t\n\"'"); i >= 0 {
			authority = s[:i]
		}
		i := strings.LastIndexByte(authority, '@')
		if i < 0 {
			continue
		}
		if _, password, _ := strings.Cut(authority[:i], ":"); password != "" {
			return true
		}
	}
}

// Withholds reports whether the variable of that name is withheld. The last
// pattern that matches decides; one with a leading ! lets the variable pass.
func (e Env) Withholds(name string) bool {
	p := e.decides(name)
	return p != nil && !p.pass
}

// Harmless reports whether a variable that is withheld for what it usually says
// says nothing secret: it is the address of a package index, and names no user.
func (e Env) Harmless(name, value string) bool {
	p := e.decides(name)
	return p != nil && p.address && !strings.ContainsAny(value, "@?\n")
}

// Removes reports whether a variable is withheld, for its name or for what it says.
func (e Env) Removes(name, value string) bool {
	return e.Withholds(name) && !e.Harmless(name, value) || e.Reveals(value)
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
	if !p.stars {
		return strings.HasSuffix(name, p.rest)
	}
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
