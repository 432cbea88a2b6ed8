package profile

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fault/nearest"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// line adds one line of a profile, if it is for this system and this environment.
func (l *loader) line(src source, n int, word, value string) error {
	word, value, here, err := l.conditions(word, value)
	switch {
	case err != nil:
		return err
	case !here:
		return l.passOver(word, value)
	}
	if err := l.check(word, value); err != nil {
		return err
	}
	if l.project != nil {
		if counts, err := l.ofProject(src, word); err != nil || !counts {
			return err
		}
	}
	if done, err := l.start(src, word, value); done || err != nil {
		return err
	}
	switch word {
	case wordWorkdir:
		return l.workdir(src.name, value)
	case wordProfile:
		return l.load(value, src.own && value == src.name && IsBuiltin(value))
	case wordCreate, wordCreateJSON:
		path, err := l.env.expand(value)
		n := New{path, word == wordCreateJSON}
		if err == nil && !slices.Contains(l.out.Create, n) {
			l.out.Create = append(l.out.Create, n)
		}
		return err
	}
	return l.flag(src, n, word, value)
}

// conditions removes the conditions before a line: the name of a system, and 'without' a
// variable. It returns the rest, and whether the line is for this system and environment.
func (l *loader) conditions(word, value string) (string, string, bool, error) {
	if goos := platform(word); goos != "" {
		if value == "" {
			return "", "", false, &mistake{what: fault.Quote(word) + " needs a line after it"}
		}
		end := strings.IndexAny(value+" ", " \t")
		word, value = value[:end], strings.TrimLeft(value[end:], " \t")
		if goos != l.env.goos() {
			return word, value, false, nil
		}
	}
	if word == wordWithout {
		name, line, _ := strings.Cut(value, " ")
		if word, value, _ = strings.Cut(strings.TrimLeft(line, " "), " "); !variableName(name) || word == "" {
			return "", "", false, &mistake{what: "'without' needs the NAME of a variable, and a line after it"}
		}
		value = strings.TrimLeft(value, " ")
		return word, value, l.env.Getenv(name) == "", nil
	}
	return word, value, true, nil
}

// flag adds a line that is a flag of nono-run, with its path expanded.
func (l *loader) flag(src source, n int, word, value string) error {
	arg := l.words[word]
	var time string
	if arg == TimedPath {
		value, time = span.Cut(value)
	}
	if arg == TimedPath || arg == Path && !(strings.HasPrefix(word, "deny") && floating(value)) {
		path, err := l.env.expand(value)
		if err != nil {
			return err
		}
		value = path
	}
	moved := l.out.movedBy(value)
	if value += time; arg == TimedPath && time == "" {
		// The value of a variable may end like a time.
		value = span.Lasting(value)
	}
	line := Line{Word: word, Value: value, Profile: src.name, Pos: src.pos(n), Own: src.own && !src.site, Project: l.project != nil && src.own}
	if arg == Path || arg == TimedPath {
		line.Moved = moved
	}
	l.out.Lines = append(l.out.Lines, line)
	return nil
}

// floating reports whether the value of a deny is a pattern for a name at any depth
// beneath the grants: it stands at no place.
func floating(value string) bool {
	return strings.HasPrefix(value, "**/") || !strings.Contains(value, "/") && strings.ContainsAny(value, "*?[")
}

// passOver looks at a line for another system, whose mistakes count here too.
func (l *loader) passOver(word, value string) error {
	err := l.check(word, value)
	if l.words[word] == TimedPath {
		value, _ = span.Cut(value)
	}
	if err == nil && (l.words[word] == TimedPath || l.words[word] == Path && !(strings.HasPrefix(word, "deny") && floating(value)) || word == wordCreate || word == wordCreateJSON) {
		_, err = l.env.expand(value)
	}
	return err
}

// check says what is wrong with a word and its value, whatever they are for.
func (l *loader) check(word, value string) error {
	arg, flag := l.words[word]
	own := slices.Contains(directives[:], word)
	if own {
		arg = Text
	}
	switch {
	case !flag && !own:
		return l.unknown(word)
	case value == "" && arg != None:
		return &mistake{what: fault.Quote(word) + " needs a value after it"}
	case value != "" && arg == None:
		return &mistake{what: fault.Quote(word) + " stands alone, without a value"}
	}
	return nil
}

func (l *loader) workdir(name, value string) error {
	for a := Access(0); a <= Read|Write; a++ {
		if a.String() == value {
			if l.out.Workdir|a != l.out.Workdir {
				l.out.WorkdirBy = name
			}
			l.out.Workdir |= a
			if l.project != nil {
				l.out.WorkdirProject |= a
			}
			return nil
		}
	}
	return &mistake{what: "'workdir' needs none, read, write or readwrite"}
}

func (l *loader) unknown(word string) error {
	all := slices.Clone(directives[:])
	for w := range l.words {
		all = append(all, w)
	}
	for _, p := range platforms {
		all = append(all, p.word)
	}
	slices.Sort(all)
	m := &mistake{what: "there is no directive " + fault.Quote(word), hint: "nono-profile(5) lists them"}
	if near := nearest.Name(strings.TrimLeft(word, "-"), all); near != "" {
		m.hint = "did you mean '" + near + "'?"
	}
	return m
}
