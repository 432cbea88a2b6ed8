package profile

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
	"github.com/nono-sandbox/nono/core/lists"
)

// expand makes the path of a line what it means here: a leading ~ and the
// variables below are replaced, nothing else is. A name in capitals that is no
// variable is refused, since a mistyped one would silently grant or deny
// another path.
func (e Env) expand(path string) (string, error) {
	if path == "~" || strings.HasPrefix(path, "~/") {
		path = "$HOME" + path[1:]
	}
	var out strings.Builder
	for {
		head, tail, found := strings.Cut(path, "$")
		out.WriteString(head)
		if !found {
			break
		}
		name := tail[:len(tail)-len(strings.TrimLeft(tail, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"))]
		if name == "" {
			out.WriteByte('$')
			path = tail
			continue
		}
		value, err := e.variable(name)
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		path = tail[len(name):]
	}
	p := out.String()
	if p == "" || p[0] != '/' {
		hint := "begin it with '~/', '$WORKDIR/', another variable or '/'"
		if p == "." || strings.HasPrefix(p, "./") {
			hint = "write " + fault.Quote("$WORKDIR"+p[1:])
		}
		return "", &mistake{what: "the path " + fault.Quote(p) + " is not absolute", hint: hint}
	}
	return filepath.Clean(p), nil
}

// variables are those that expand.
var variables = [...]string{"HOME", "WORKDIR", "TMPDIR", "UID", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"}

func (e Env) variable(name string) (string, error) {
	switch name {
	case "HOME":
		return e.home()
	case "WORKDIR":
		return e.Workdir, nil
	case "UID":
		return strconv.Itoa(e.UID), nil
	case "TMPDIR":
		if v := e.Getenv("TMPDIR"); v != "" {
			return v, nil
		}
		return "/tmp", nil
	}
	for _, d := range lists.XDGDirs() {
		if d.Name == name && d.InHome != "" {
			return e.xdg(d)
		}
	}
	if path, ok := e.own[name]; ok {
		return path, nil
	}
	m := &mistake{what: "there is no variable " + fault.Quote("$"+name)}
	if near := nearest.Name(name, variables[:]); near != "" {
		m.hint = "did you mean '$" + near + "'?"
	}
	return "", m
}

// goos is the system whose lines count.
func (e Env) goos() string {
	if e.GOOS == "" {
		return runtime.GOOS
	}
	return e.GOOS
}

func (e Env) home() (string, error) {
	h := e.Getenv("HOME")
	if h == "" || h[0] != '/' {
		return "", &mistake{what: "HOME is not set to an absolute path, and the line needs it"}
	}
	return h, nil
}

// xdg returns one of the XDG directories, or where it is by default: a value
// that is not absolute does not count.
func (e Env) xdg(d lists.XDG) (string, error) {
	if v := e.Getenv(d.Name); strings.HasPrefix(v, "/") {
		return v, nil
	}
	h, err := e.home()
	return h + "/" + d.InHome, err
}
