package escape

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// together makes the attacks of each column from as few starts as there are sets of
// flags, since a start of nono-run costs much more than an attack. The command of
// such a start has each attack made by a process of its own, one after the other.
// What must be alone, or needs a terminal or descriptors of its own, is left out, for
// try to start.
func (w *world) together(t *testing.T, columns []column) {
	for _, c := range columns {
		t.Run(c.head, func(t *testing.T) {
			t.Parallel()
			for _, group := range w.groups(t, c) {
				w.attackTogether(t, c, group)
			}
		})
	}
}

// groups are the doors of a column by the flags that they need.
func (w *world) groups(t *testing.T, c column) [][]door {
	var order []string
	groups := map[string][]door{}
	for _, d := range allDoors() {
		l := w.prepare(t, d, nil)
		l.end()
		if d.alone || l.stdin != nil || l.extra != nil || l.cmd != nil || c.suite == nil && d.noControl != "" {
			continue
		}
		key := ""
		if c.suite != nil {
			key = strings.Join(l.flags, "\x00")
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], d)
	}
	var all [][]door
	for _, key := range order {
		if len(groups[key]) > 1 {
			all = append(all, groups[key])
		}
	}
	return all
}

func (w *world) attackTogether(t *testing.T, c column, doors []door) {
	var lines strings.Builder
	var first *launch
	for _, d := range doors {
		l := w.prepare(t, d, nil)
		defer l.end()
		if first == nil {
			first = l
		}
		lines.WriteString("apart")
		for _, word := range l.words() {
			lines.WriteString(" " + strconv.Quote(word))
		}
		lines.WriteString("\n")
	}
	first.flags = append(c.more(w), first.flags...)
	first.command(c.suite)
	first.cmd.Stdin = strings.NewReader(lines.String())
	answers, refused := first.run(t, 5*time.Minute)
	if !refused && len(answers) != len(doors) {
		t.Fatalf("%d answers to %d attacks: %q", len(answers), len(doors), answers)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, d := range doors {
		if refused {
			w.outcomes[d.name+"/"+c.head] = "refused"
		} else {
			w.outcomes[d.name+"/"+c.head] = answers[i]
		}
	}
}

// found returns the outcome that together found.
func (w *world) found(d door, c column) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	outcome, ok := w.outcomes[d.name+"/"+c.head]
	return outcome, ok
}
