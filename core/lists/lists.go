// Package lists holds what nono knows about systems: where programs live,
// which paths hold secrets or run as the user later, which commands destroy.
// The lists are data files beside this one, for people to read and extend; what
// a line means is said at the top of each file.
//
// They are read at every start, so reading them costs microseconds and nothing
// is done before it is asked for.
package lists

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

//go:embed system-linux.list
var systemLinux string

//go:embed system-darwin.list
var systemDarwin string

//go:embed protected.list
var protectedCommon string

//go:embed protected-agents.list
var protectedAgents string

//go:embed protected-later.list
var protectedLater string

//go:embed protected-variables.list
var protectedVariables string

//go:embed protected-linux.list
var protectedLinux string

//go:embed protected-system.list
var protectedSystem string

//go:embed protected-darwin.list
var protectedDarwin string

//go:embed commands.list
var commandsCommon string

//go:embed commands-darwin.list
var commandsDarwin string

// System returns what programs need to start on an operating system, given as a
// GOOS, on all its distributions: the paths may be symlinks, and most machines
// have only some of them. A * in a path stands for any run of bytes in a name: it
// means what is there, since nothing is granted before it exists. There is nothing for a system nono does not know.
func System(goos string) ([]spec.Path, error) {
	name, text := "system-linux.list", systemLinux
	switch goos {
	case "darwin":
		name, text = "system-darwin.list", systemDarwin
	case "linux":
	default:
		return nil, nil
	}
	paths := make([]spec.Path, 0, 320)
	err := lines(name, text, func(_, line string) string {
		word, path := split(line)
		kind := spec.KindOf(strings.TrimSuffix(word, "?"))
		if kind == 0 || !kind.Grants() {
			return "unknown directive " + fault.Quote(word)
		}
		if bad(strings.ReplaceAll(path, "*", "x")) || path[0] != '/' && !strings.HasPrefix(path, "~/") && !(path[0] == '$' && xdg(path)) {
			return "it must be a clean path that begins with '/', '~/' or '$XDG_…/', not " + fault.Quote(path)
		}
		if path[0] != '/' && strings.Contains(path, "*") {
			return "a pattern is for directories of the system alone, not " + fault.Quote(path)
		}
		paths = append(paths, spec.Path{Kind: kind, Path: path, Optional: true})
		return ""
	})
	return paths, err
}

// Command is one blocked command.
type Command struct{ Name, Category string }

// Commands returns the blocked commands of an operating system.
func Commands(goos string) ([]Command, error) {
	list := make([]Command, 0, 256)
	add := func(category, line string) string {
		if category == "" || strings.ContainsAny(line, " /*") {
			return "it must be the name of one command, beneath a [category]"
		}
		list = append(list, Command{line, category})
		return ""
	}
	if err := lines("commands.list", commandsCommon, add); err != nil {
		return nil, err
	}
	if goos == "darwin" {
		if err := lines("commands-darwin.list", commandsDarwin, add); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Categories returns the categories of Commands, once each, in the order of the
// file.
func Categories(goos string) ([]string, error) {
	list, err := Commands(goos)
	var out []string
	for _, c := range list {
		if !slices.Contains(out, c.Category) {
			out = append(out, c.Category)
		}
	}
	return out, err
}

// lines calls f for every line of a list that is not empty or a comment, with
// the [category] it is in. What f finds wrong becomes an error that names the
// file and line.
func lines(name, text string, f func(category, line string) string) error {
	category, n := "", 0
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		n++
		line = trim(line)
		msg := ""
		if strings.Contains(line, "\r") {
			// Where they alone end the lines, all of the file would be one comment.
			msg = "it has a carriage return in it, which ends no line here"
		} else if line == "" || line[0] == '#' {
			continue
		} else if line[0] == '[' && line[len(line)-1] == ']' && len(line) > 2 {
			category = line[1 : len(line)-1]
		} else {
			msg = f(category, line)
		}
		if msg != "" {
			return &fault.Error{Do: "read line " + strconv.Itoa(n) + " of", Path: name, Err: fault.Text(msg)}
		}
	}
	return nil
}

// split cuts a line into its directive and its path, which may have blanks.
func split(line string) (word, path string) {
	i := 0
	for i < len(line) && !blank(line[i]) {
		i++
	}
	word = line[:i]
	for i < len(line) && blank(line[i]) {
		i++
	}
	return word, line[i:]
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// trim takes the blanks off both ends.
func trim(s string) string {
	for s != "" && blank(s[0]) {
		s = s[1:]
	}
	for s != "" && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// bad reports whether path is empty or has a component that is no name. A
// pattern is refused: what does not exist yet must be held too.
func bad(path string) bool {
	start := 0 // of the component
	for i := 0; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			if c := path[i]; c == '*' || c == '?' || c == 0 {
				return true
			}
			continue
		}
		if c := path[start:i]; c == "." || c == ".." || c == "" && (i > 0 || len(path) == 0) {
			return true
		}
		start = i + 1
	}
	return false
}
