package lists

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// Protected is one protected path.
type Protected struct {
	Kind spec.Kind // Deny or DenyWrite
	// Path is absolute, or begins with ~/ or a variable. It is one of an XDG
	// directory, or has been put where it says (protected-variables.list).
	Path     string
	Category string
	// System is true of what the system keeps for itself (protected-system.list).
	System bool
}

// A file is one of the lists that nono comes with.
type file struct {
	name, text string
	system     bool
}

// protectedFiles are the lists of protected paths of an operating system.
func protectedFiles(goos string) []file {
	files := []file{
		{name: "protected.list", text: protectedCommon},
		{name: "protected-agents.list", text: protectedAgents},
		{name: "protected-later.list", text: protectedLater},
		{name: "protected-variables.list", text: protectedVariables},
	}
	switch goos {
	case "darwin":
		files = append(files, file{name: "protected-darwin.list", text: protectedDarwin})
	case "linux":
		files = append(files, file{name: "protected-linux.list", text: protectedLinux},
			file{"protected-system.list", protectedSystem, true})
	}
	return files
}

// Protect returns the paths that stay protected beneath any grant.
func Protect(goos string) ([]Protected, error) {
	list := make([]Protected, 0, 2200)
	err := EachProtected(goos, func(p Protected) error {
		list = append(list, p)
		return nil
	})
	return list, err
}

// EachProtected calls f for each of those paths, without a list of thousands that
// every start would make. An error of f ends it, and is returned.
func EachProtected(goos string, f func(Protected) error) error {
	for _, file := range protectedFiles(goos) {
		if err := file.protect(f); err != nil {
			return err
		}
	}
	return nil
}

// protect calls f for what the file says. It is as the tests hold it to be, and is not
// judged line by line once more at every start.
func (l file) protect(f func(Protected) error) error {
	var failed error
	err := lines(l.name, l.text, func(category, line string) string {
		p := Protected{Category: category, System: l.system}
		ok := false
		if p.Path, ok = strings.CutPrefix(line, "deny "); ok {
			p.Kind = spec.Deny
		} else if p.Path, ok = strings.CutPrefix(line, "deny-write "); ok {
			p.Kind = spec.DenyWrite
		} else {
			return "a line begins with 'deny ' or 'deny-write '"
		}
		if failed == nil {
			failed = f(p)
		}
		return ""
	})
	return cmp.Or(failed, err)
}

// ParseProtected reads a user's own list; name is for messages. Lines before
// the first [category] are in the category "own list".
func ParseProtected(name, text string) ([]Protected, error) {
	var list []Protected
	err := lines(name, text, func(category, line string) string {
		word, path := split(line)
		kind := spec.KindOf(strings.TrimSuffix(word, "?"))
		if kind == 0 || kind.Grants() {
			return "a line begins with 'deny' or 'deny-write', not " + fault.Quote(word)
		}
		path, wrong := ownPath(path)
		if wrong != "" {
			return wrong
		}
		if category == "" {
			category = "own list"
		}
		list = append(list, Protected{kind, path, category, false})
		return ""
	})
	return list, err
}

// ownPath returns the path of a line of the user's own list, and what is wrong with
// it, or "". In quotes, as Go and a spec have them, it is taken as it is.
func ownPath(path string) (string, string) {
	written, quoted := path, false
	if strings.HasPrefix(path, `"`) {
		plain, err := strconv.Unquote(path)
		if err != nil {
			return "", "the path " + fault.Quote(path) + " is not quoted as it should be"
		}
		path, quoted = plain, true
	}
	switch {
	case bad(path) || path[0] != '/' && !strings.HasPrefix(path, "~/") && !strings.HasPrefix(path, "$XDG_"):
		return "", "the path " + fault.Quote(written) + " must begin with '~/', '$XDG_…/' or '/', and be clean"
	case path[0] == '$' && !xdg(path):
		return "", "there is no such directory as in " + fault.Quote(path)
	case quoted:
		return path, ""
	case strings.ContainsAny(path, "*?["):
		return "", "the path " + fault.Quote(path) + " has a pattern, and there are none: what does not exist yet is denied too"
	}
	why := Doubtful(path)
	if why == "" && strings.LastIndexByte(path, '$') > 0 {
		why = "the path " + fault.Quote(path) + " has a variable in the middle, where none is replaced"
	}
	return path, why
}
