package profile

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/project"
	"github.com/nono-sandbox/nono/core/site"
)

// Policies reads the lines of the site's policies, which are in the form of profiles
// and have the words given. Their paths are not expanded: ~ and the XDG directories
// stand for those of every home of the user, which the environment does not choose.
// goos is the system whose lines count.
func Policies(files []site.File, words Words, goos string) ([]Line, error) {
	var lines []Line
	for _, f := range files {
		src := source{name: f.Name, label: fault.Quote(f.Path)}
		if !goodName(f.Name) {
			return nil, &fault.Error{Do: "use the policy", Path: f.Path, Err: fault.Text("its name has more than letters, digits, '-', '_' and '.'")}
		}
		n, err := parse(f.Text, func(n int, word, value string) error {
			l, counts, err := policyLine(words, goos, word, value)
			if err == nil && counts {
				l.Profile, l.Pos = src.name, src.pos(n)
				lines = append(lines, l)
			}
			return err
		})
		if err != nil {
			f := &fault.Error{Do: "use policy " + fault.Quote(src.name) + ": " + src.pos(n), Err: err}
			if m, ok := err.(*mistake); ok {
				f.Hint = m.hint
			}
			return nil, f
		}
	}
	return lines, nil
}

// policyLine takes one line apart, and reports whether it counts on the system goos.
func policyLine(words Words, goos, word, value string) (l Line, counts bool, err error) {
	counts = true
	if p := platform(word); p != "" {
		counts = p == goos
		word, value, _ = strings.Cut(value, " ")
		value = strings.TrimLeft(value, " ")
	}
	arg, known := words[word]
	switch {
	case !known:
		return l, false, unknownInPolicy(words, word)
	case value == "" && arg != None:
		return l, false, &mistake{what: fault.Quote(word) + " needs a value after it"}
	case value != "" && arg == None:
		return l, false, &mistake{what: fault.Quote(word) + " stands alone, without a value"}
	case arg == Path && !(strings.HasPrefix(word, "deny") && floating(value)):
		value, err = PolicyPath(value)
	}
	return Line{Word: word, Value: value}, counts, err
}

func unknownInPolicy(words Words, word string) error {
	m := &mistake{what: "there is no directive " + fault.Quote(word) + " in a policy", hint: "a policy only takes away; put grants into a profile in " + site.ProfileDir}
	var all []string
	for w := range words {
		all = append(all, w)
	}
	slices.Sort(all)
	if near := nearest.Name(strings.TrimLeft(word, "-"), all); near != "" {
		m.hint = "did you mean '" + near + "'?"
	}
	return m
}

// PolicyPath cleans a path of a policy: an absolute one, or one that begins with the
// home or with an XDG directory.
func PolicyPath(path string) (string, error) {
	if path == "$HOME" || strings.HasPrefix(path, "$HOME/") {
		path = "~" + path[len("$HOME"):]
	}
	switch first, _, _ := strings.Cut(path, "/"); {
	case first == "" || first == "~" || first != "" && first[0] == '$' && lists.IsXDG(first[1:]):
		return filepath.Clean(path), nil
	case first[0] == '$':
		return "", &mistake{what: "the variable " + fault.Quote(first) + " is the user's to set: a policy cannot go by it",
			hint: "begin the path with '~/', an XDG directory such as '$XDG_CONFIG_HOME/', or '/'"}
	}
	return "", &mistake{what: "the path " + fault.Quote(path) + " is not absolute", hint: "begin it with '~/', an XDG directory such as '$XDG_CONFIG_HOME/', or '/'"}
}

// CheckForbidden refuses a name that no profile can have: a policy cannot forbid that one.
// Profiles of the user's own have any names, so a name that is unknown is good.
func CheckForbidden(name string) error {
	if goodName(name) || name == project.Name {
		return nil
	}
	return badName(name)
}
