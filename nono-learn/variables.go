package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/wants"
)

// mostFiles is how many files of the working directory are searched for the names of
// variables.
const mostFiles = 2000

// passed adds the variables that the command was given for --allow-env.
func (l *lesson) passed(made *learn.Profile) {
	for _, name := range l.options.variables {
		line := learn.Line{Word: "allow-env", Arg: name, Why: "passed for --allow-env"}
		if !slices.Contains(made.Lines, line) && !slices.Contains(l.passes, name) {
			made.Lines = append(made.Lines, line)
		}
	}
}

// withheld lists the variables that look like credentials and are named in a file of
// the working directory which the command read. The command was not given them, and
// whether it would have used them nobody can see.
func (l *lesson) withheld(seen *learn.Recording, made *learn.Profile) {
	list, err := lists.WithheldEnv()
	if err != nil {
		return
	}
	var names []string
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); value != "" && list.Withholds(name) && !slices.Contains(l.options.variables, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	files := 0
	for _, u := range seen.Uses {
		path := string(u.Path)
		if len(names) == 0 || files >= mostFiles {
			return
		}
		if u.Op != learn.Read || u.Dir || !spec.Beneath(path, l.dir) || l.wideOpen.Meant(path)&carve.ReadFile == 0 || real(path) != path {
			continue
		}
		files++
		text, err := wants.ReadFile(path)
		if err != nil {
			continue
		}
		names = slices.DeleteFunc(names, func(name string) bool {
			if !mentions([]byte(text), name) {
				return false
			}
			rel, err := filepath.Rel(l.dir, path)
			if err != nil || !plain(rel) {
				rel = "a file of the working directory"
			}
			made.Asked = append(made.Asked, learn.Line{Word: "allow-env", Arg: name, Why: "removed from the environment, and named in " + rel})
			return true
		})
	}
}

// mentions reports whether text has the name as a word.
func mentions(text []byte, name string) bool {
	for {
		at := bytes.Index(text, []byte(name))
		if at < 0 {
			return false
		}
		before, after := byte(' '), byte(' ')
		if at > 0 {
			before = text[at-1]
		}
		if end := at + len(name); end < len(text) {
			after = text[end]
		}
		if !ofWord(before) && !ofWord(after) {
			return true
		}
		text = text[at+len(name):]
	}
}

func ofWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// plain reports whether a name can stand in a comment as it is.
func plain(name string) bool {
	return len(name) < 80 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == ""
}
