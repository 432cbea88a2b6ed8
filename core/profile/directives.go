package profile

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// A Variable is one that the command gets where the environment has none of that
// name.
type Variable struct{ Name, Value, Profile string }

// Arguments are put behind the command's name, where it is that command. The
// front end shows them at each start.
type Arguments struct {
	Command string // the file's name
	Words   []string
	Profile string
}

// A Daemon is a process outside that does what a command inside tells it. It is
// known by a file that it keeps while it runs, or by the TCP port on the loopback
// on which it listens.
type Daemon struct {
	Path string
	Port int
	// Text says what it is and what to do about it.
	Text string
}

// A Moved is a place of a profile's that a variable of the environment has put
// elsewhere than where it is by default.
type Moved struct{ Variable, Path, Profile string }

// movedBy returns the variable that has put path where it is, or "".
func (p *Profile) movedBy(path string) string {
	for _, m := range p.Moved {
		if path == m.Path || strings.HasPrefix(path, m.Path+"/") {
			return m.Variable
		}
	}
	return ""
}

// start takes a directive that is about the start and not about what is granted,
// and reports whether word is one.
func (l *loader) start(src source, word, value string) (bool, error) {
	first, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimLeft(rest, " ")
	switch word {
	case wordVariable:
		return true, l.variable(src, first, rest)
	case wordSetEnv:
		name, v, ok := strings.Cut(value, "=")
		if !ok || !variableName(name) {
			return true, &mistake{what: "'set-env' needs NAME=VALUE"}
		}
		inTemp := v == "$NONO_TEMP" || strings.HasPrefix(v, "$NONO_TEMP/") // known at the start only
		if (strings.HasPrefix(v, "~/") || strings.HasPrefix(v, "$")) && !inTemp {
			path, err := l.env.expand(v)
			if err != nil {
				return true, err
			}
			v = path
		}
		l.out.SetEnv = append(l.out.SetEnv, Variable{name, v, src.name})
	case wordNotice:
		l.out.Notices = append(l.out.Notices, value)
	case wordDaemon:
		d, err := l.daemon(first, rest)
		if err != nil {
			return true, err
		}
		l.out.Daemons = append(l.out.Daemons, d)
	case wordArguments:
		words := strings.Fields(rest)
		if len(words) == 0 || strings.Contains(first, "/") {
			return true, &mistake{what: "'arguments' needs the name of a command, and words after it"}
		}
		l.out.Arguments = append(l.out.Arguments, Arguments{first, words, src.name})
	default:
		return false, nil
	}
	return true, nil
}

// variable has $NAME stand for what the environment has from here on, or for a
// default. The value comes from the environment, which a project's own files may
// have set by way of a tool such as direnv: it must be one directory of its own.
func (l *loader) variable(src source, name, fallback string) error {
	if !variableName(name) || fallback == "" {
		return &mistake{what: "'variable' needs a NAME and a path"}
	}
	if _, err := l.env.variable(name); err == nil && l.env.own[name] == "" {
		return &mistake{what: fault.Quote("$"+name) + " has a meaning already"}
	}
	path, err := l.env.expand(fallback)
	if err != nil {
		return err
	}
	if v := l.env.Getenv(name); v != "" {
		if !filepath.IsAbs(v) {
			return &mistake{what: "the variable " + name + " is " + fault.Quote(v) + ", which is not an absolute path"}
		}
		if v = filepath.Clean(v); v != path {
			home, _ := l.env.home()
			if v == "/" || home != "" && (v == filepath.Clean(home) || strings.HasPrefix(filepath.Clean(home)+"/", v+"/")) {
				return &mistake{what: "the variable " + name + " is " + fault.Quote(v) + ", which is far more than a directory of its own"}
			}
			l.out.Moved = append(l.out.Moved, Moved{name, v, src.name})
		}
		path = v
	}
	if l.env.own == nil {
		l.env.own = map[string]string{}
	}
	l.env.own[name] = path
	return nil
}

func (l *loader) daemon(where, text string) (Daemon, error) {
	if text == "" {
		return Daemon{}, &mistake{what: "'daemon' needs a file or a port, and a text after it"}
	}
	if port, err := strconv.ParseUint(where, 10, 16); err == nil && port > 0 {
		return Daemon{Port: int(port), Text: text}, nil
	}
	path, err := l.env.expand(where)
	return Daemon{Path: path, Text: text}, err
}

// variableName reports whether name may be that of a variable.
func variableName(name string) bool {
	return name != "" && (name[0] < '0' || name[0] > '9') && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789abcdefghijklmnopqrstuvwxyz") == ""
}
