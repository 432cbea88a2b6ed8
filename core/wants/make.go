package wants

import (
	"path/filepath"
	"slices"
	"strings"
)

// A makefile is what matters of one here: not all of make's language, only its
// rules as they stand there.
type makefile struct {
	first     string // the goal where none is said
	needs     map[string][]string
	recipes   map[string][]string
	variables map[string]string
	whole     bool // a part of it is elsewhere, or is a pattern
}

// make looks into the recipes of the goals that make is called with.
func (f *Finder) make(out *Wants, argv []string, dir string, depth int) {
	files := []string{"GNUmakefile", "makefile", "Makefile"}
	var goals []string
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; {
		case a == "-C" && i+1 < len(argv):
			i++
			dir = filepath.Join(dir, argv[i])
		case a == "-f" && i+1 < len(argv):
			i++
			files = []string{argv[i]}
		case strings.HasPrefix(a, "-") || strings.Contains(a, "="):
		default:
			goals = append(goals, a)
		}
	}
	for _, name := range files {
		file := filepath.Join(dir, name)
		text, err := f.Read(file)
		if err != nil {
			continue
		}
		before := len(out.Blocked)
		m := readMakefile(text)
		for _, line := range m.reached(goals) {
			f.text(out, m.expand(line), dir, depth)
		}
		if len(out.Blocked) > before && out.Script == "" {
			out.Script = file
		}
		return
	}
}

func readMakefile(text string) *makefile {
	m := &makefile{needs: map[string][]string{}, recipes: map[string][]string{}, variables: map[string]string{"RM": "rm -f", "MAKE": "make"}}
	var targets []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		if strings.HasPrefix(line, "\t") {
			for _, t := range targets {
				m.recipes[t] = append(m.recipes[t], strings.TrimLeft(line, "\t @-+"))
			}
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		name, value, assigns := strings.Cut(line, "=")
		target, rest, rule := strings.Cut(line, ":")
		switch {
		case assigns && (!rule || len(name) < len(target)+2):
			m.variables[strings.TrimSpace(strings.TrimRight(strings.TrimSpace(name), ":?+!"))] = strings.TrimSpace(value)
		case rule:
			targets = strings.Fields(target)
			needs, recipe, _ := strings.Cut(strings.TrimPrefix(rest, ":"), ";")
			for _, t := range targets {
				if m.first == "" && t[0] != '.' {
					m.first = t
				}
				m.whole = m.whole || strings.ContainsAny(t, "%$")
				m.needs[t] = append(m.needs[t], strings.Fields(needs)...)
				if recipe != "" {
					m.recipes[t] = append(m.recipes[t], recipe)
				}
			}
		case strings.Contains(line, "include "):
			m.whole = true
		case strings.TrimSpace(line) != "":
			targets = nil
		}
	}
	return m
}

// reached returns the recipes of the goals and of all that they need. Where that
// cannot be told the recipes of patterns count too.
func (m *makefile) reached(goals []string) []string {
	if len(goals) == 0 {
		goals = []string{m.first}
	}
	var lines, done []string
	for len(goals) > 0 {
		goal := goals[0]
		goals = goals[1:]
		if slices.Contains(done, goal) {
			continue
		}
		done = append(done, goal)
		lines = append(lines, m.recipes[goal]...)
		for _, need := range m.needs[goal] {
			goals = append(goals, strings.Fields(m.expand(need))...)
		}
	}
	if m.whole {
		for target, recipe := range m.recipes {
			if strings.ContainsAny(target, "%$") {
				lines = append(lines, recipe...)
			}
		}
	}
	return lines
}

// expand puts the file's own variables in, once: $(CC) and ${CC}.
func (m *makefile) expand(line string) string {
	for name, value := range m.variables {
		line = strings.ReplaceAll(line, "$("+name+")", value)
		line = strings.ReplaceAll(line, "${"+name+"}", value)
	}
	return line
}
