package main

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/shellquote"
)

// title is the first line of a profile, in which the command is one line whatever it
// is, and no longer than a line should be.
func title(name string, command []string) string {
	words := make([]string, len(command))
	for i, w := range command {
		if ascii := strconv.QuoteToASCII(w); strings.Trim(ascii, `"`) != strings.Trim(w, `"`) && strings.ContainsFunc(w, func(r rune) bool { return r < ' ' || r > '~' }) {
			w = ascii
		}
		words[i] = shellquote.Word(w)
	}
	text := strings.Join(words, " ")
	if len(text) > 120 {
		text = text[:120] + " ..."
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		name = "profile"
	}
	return name + ": learned from " + text
}

// save writes a new profile.
func (l *lesson) save(made *learn.Profile, g *learn.Ground) error {
	file, err := profile.Save(l.output, made.Text(title(l.output, l.command), g), l.env(), l.force)
	if err != nil {
		return err
	}
	l.tell(file, l.output, "read its "+lines(len(made.Lines))+" before you use it", made)
	l.same(made)
	return nil
}

// tell says what was saved, and how to use it.
func (l *lesson) tell(file, name, first string, made *learn.Profile) {
	l.p.Notice("the profile is in " + fault.Quote(file) + ": " + first)
	if n := len(made.Asked); n > 0 {
		l.p.Notice("asked for, not granted: " + strconv.Itoa(n) + ", as comments at its end")
	}
	for _, line := range made.Lines {
		if line.Word == "create" {
			l.p.Hint("the next run makes directories that the command could not make: learn again with --add-to " + name)
			break
		}
	}
	if l.failed {
		return
	}
	words := append([]string{"nono", "run", "--profile", name, "--allow-cwd", "--"}, l.command...)
	l.p.Hint("use it: " + shellquote.Words(words))
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return strconv.Itoa(n) + " lines"
}

// add adds to a profile of the user's what it lacks.
func (l *lesson) add(made *learn.Profile, g *learn.Ground) error {
	old, found, err := profile.Own(l.addTo, l.env())
	if err != nil {
		return err
	}
	if !found {
		l.output = l.addTo
		return l.save(made, g)
	}
	text, changed := merged(old, made, g)
	if !changed {
		l.p.Notice("profile " + fault.Quote(l.addTo) + " has all that the command used")
		if l.failed {
			l.again(made)
		}
		return nil
	}
	// Whatever else is in it, the whole must be a profile.
	if err := l.proveText(l.addTo, text); err != nil {
		return err
	}
	file, err := profile.Save(l.addTo, text, l.env(), true)
	if err != nil {
		return err
	}
	l.tell(file, l.addTo, "read what was added, at its end, before you use it", made)
	if l.failed {
		l.again(made)
	}
	return nil
}

// merged is a profile's text with the lines that it lacks. A line that shuts the network
// stays only if this run did without as well.
func merged(old string, made *learn.Profile, g *learn.Ground) (text string, changed bool) {
	lacks := *made
	lacks.Asked = nil
	shut := false
	for _, line := range made.Lines {
		shut = shut || line.Word == "net-block"
	}
	var kept []string
	for line := range strings.SplitSeq(strings.TrimRight(old, "\n"), "\n") {
		if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word == "net-block" && !shut {
			changed = true
			continue
		}
		kept = append(kept, line)
	}
	lacks.Lines = nil
	for _, line := range made.Lines {
		if line.Word != "net-block" && !includes(old, line) {
			lacks.Lines = append(lacks.Lines, line)
		}
	}
	for _, line := range made.Asked {
		one := learn.Profile{Asked: []learn.Line{line}}
		_, comment, _ := strings.Cut(one.Body(g), ":\n")
		if !strings.Contains(old, strings.TrimSpace(comment)) {
			lacks.Asked = append(lacks.Asked, line)
		}
	}
	text = strings.Join(kept, "\n") + "\n"
	if len(lacks.Lines) > 0 || len(lacks.Asked) > 0 {
		changed = true
		text += "\n# Learned later:\n" + strings.TrimLeft(lacks.Body(g), "\n")
	}
	return text, changed
}

// includes reports whether a profile's text has a line already that is about no path.
func includes(text string, line learn.Line) bool {
	for have := range strings.Lines(text) {
		words := strings.Fields(have)
		if line.Path == "" && line.Arg != "" && len(words) > 1 && words[0] == line.Word && words[1] == line.Arg {
			return true
		}
	}
	return false
}

// describe is what is at the end of a check's line.
func describe(line profile.Line) string {
	text := line.Word
	if line.Value != "" {
		text += " " + fault.Quote(line.Value)
	}
	if base := filepath.Base(line.Pos); base != "" {
		text += "  (" + line.Pos + ")"
	}
	return text
}
