// Package escape tries every way out of a sandbox that is known, as root and as
// an ordinary user, on the kernel as it is and on programs built for older
// ones, and shows by a control that the way is open without nono.
package escape

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// older are the ABIs for which the programs are built besides the kernel's own.
func older() []int {
	if suite.Long() {
		return []int{1, 2, 3, 4, 5, 6}
	}
	return []int{1, 3, 5, 6}
}

func TestDoors(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	support, err := kernel.Detect()
	if err != nil {
		t.Fatal(err)
	}
	columns := []column{{head: "control"}, {head: fmt.Sprint(support.ABI), suite: newest(t), abi: support.ABI}}
	for _, abi := range older() {
		if abi < support.ABI {
			// The programs that a start takes: linking the others takes long.
			s := suite.Build(t, abi, "nono-run", "nono-exec-shim", "nono-supervise")
			columns = append(columns, column{head: fmt.Sprint(abi), suite: &s, abi: abi})
		}
	}
	supervised := supervisors(support.ABI, columns[1].suite)
	table := newTable(append(columns, supervised...))
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		// Groups, so that the world stays until all its doors are tried.
		t.Run("together", func(t *testing.T) { w.together(t, append(columns, supervised...)) })
		t.Run("group", func(t *testing.T) {
			for _, d := range allDoors() {
				t.Run(d.name, func(t *testing.T) {
					t.Parallel()
					w.try(t, d, columns, supervised, table)
				})
			}
		})
	})
	table.write(t)
}

func newest(t *testing.T) *suite.Suite {
	s := suite.Build(t, suite.Newest)
	return &s
}

// A column of the table is a way to start the attacks.
type column struct {
	head  string
	suite *suite.Suite // nil for the control, without nono
	abi   int
	flags []string // of nono-run; the file follows --audit-log
	// opens is the door that the flags are made for.
	opens string
	// narrower tells that they shut some doors too.
	narrower bool
}

// everything are the features of a supervisor that go together.
var everything = []string{"--audit-level", "all", "--explain", "--allow-rmdir-own", "--allow-beside-denied", "--inner-sockets", "--hold-metadata"}

// supervisors are columns with a resident parent of the command by its flags: what it
// watches and what it does itself may open no door, but for the one that the flag is
// made for.
func supervisors(abi int, s *suite.Suite) []column {
	all := []column{{head: "watched", flags: []string{"--audit-level", "all", "--allow-rmdir-own", "--audit-log"}, opens: "rmdir-inside"}}
	if suite.Long() {
		all = append(all, column{head: "waited for", flags: []string{"--wait-all"}}, column{head: "logged", flags: []string{"--audit-log"}},
			column{head: "explained", flags: []string{"--explain"}},
			column{head: "all at once", flags: slices.Concat(everything, []string{"--audit-log"}), opens: "rmdir-inside", narrower: true},
			column{head: "with a host", flags: slices.Concat(everything, []string{"--host", "192.0.2.1:9", "--audit-log"}), opens: "rmdir-inside", narrower: true})
	}
	for i := range all {
		all[i].abi, all[i].suite = abi, s
	}
	return all
}

// more returns the column's flags for one start.
func (c column) more(w *world) []string {
	if n := len(c.flags); n > 0 && c.flags[n-1] == "--audit-log" {
		return append(c.flags[:n:n], w.path("audit-"+strconv.FormatInt(runs.Add(1), 10)))
	}
	return c.flags
}

// outcome returns what the attack comes to: as it was found together with others, or
// by a start of its own.
func (w *world) outcome(t *testing.T, d door, c column, table *table) string {
	t.Helper()
	outcome, known := w.found(d, c)
	if !known {
		outcome = w.attack(t, d, c.suite, c.more(w)...)
	}
	table.set(d, w.user.Name, c.head, outcome)
	return outcome
}

// try makes the control and then the attack on every ABI. It skips at the end
// if the control could not show the door open.
func (w *world) try(t *testing.T, d door, columns, supervised []column, table *table) {
	control := "none"
	if d.noControl == "" {
		control = w.outcome(t, d, columns[0], table)
	}
	shown := d.noControl != "" || control == "ok" || has(d.reached, control)
	for _, c := range columns[1:] {
		if !shown && c.suite.Lower != suite.Newest && !suite.Long() {
			continue // what is shut anyway is tried once
		}
		outcome := w.outcome(t, d, c, table)
		w.judge(t, d, c.abi, control, outcome)
		if c.suite.Lower == suite.Newest {
			w.trySupervised(t, d, supervised, table, outcome)
		}
	}
	if !shown {
		t.Skipf("shut without nono as well, so this shows little: %s", control)
	}
}

// trySupervised makes the attack beside supervisors, where the outcome must be what it
// is without one.
func (w *world) trySupervised(t *testing.T, d door, supervised []column, table *table, plain string) {
	for _, c := range supervised {
		outcome := w.outcome(t, d, c, table)
		if c.narrower && !d.stands(outcome) {
			continue
		}
		if d.stands(outcome) != (d.stands(plain) || c.opens == d.name) {
			t.Errorf("%s by a supervisor: %s, and without it %s", c.head, outcome, plain)
		}
	}
}

func (w *world) judge(t *testing.T, d door, abi int, control, outcome string) {
	t.Helper()
	open := d.stands(outcome)
	expectOpen := abi < d.below || d.open != "" && !(d.rootShut && w.user.Root())
	switch {
	case d.works && abi < d.needs:
		if outcome != "refused" {
			t.Errorf("ABI %d: it should be refused: %s", abi, outcome)
		}
	case d.works && outcome != "ok" && control == "ok":
		t.Errorf("ABI %d: it should work inside: %s", abi, outcome)
	case d.works:
	case expectOpen && !open && control == "ok":
		t.Errorf("ABI %d: %s, where it was thought open (%s): has the kernel learnt to shut it?", abi, outcome, d.open)
	case expectOpen:
	case open && control == outcome && control != "ok" && !has(d.reached, control):
		// shut for this user anyway
	case open:
		t.Errorf("ABI %d: the door is open: %s (control %s)", abi, outcome, control)
	case !has(d.shut, outcome) && outcome != control:
		t.Errorf("ABI %d: %s, want one of %s (control %s)", abi, outcome, d.shut, control)
	}
}
