// Package escape tries every way out of a sandbox that is known, as root and as
// an ordinary user, on the kernel as it is and on programs built for older
// ones, and shows by a control that the way is open without nono.
package escape

import (
	"fmt"
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
	suites := map[int]suite.Suite{support.ABI: suite.Build(t, suite.Newest)}
	abis := []int{support.ABI}
	for _, abi := range older() {
		if abi < support.ABI {
			suites[abi] = suite.Build(t, abi)
			abis = append(abis, abi)
		}
	}
	columns := []string{"control"}
	for _, abi := range abis {
		columns = append(columns, fmt.Sprint(abi))
	}
	for _, sv := range supervisors() {
		columns = append(columns, sv.name)
	}
	table := newTable(columns)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		// One group, so that the world stays until all its doors are tried.
		t.Run("group", func(t *testing.T) {
			for _, d := range allDoors() {
				t.Run(d.name, func(t *testing.T) {
					t.Parallel()
					w.try(t, d, abis, suites, table)
				})
			}
		})
	})
	table.write(t)
}

// A supervisor is a resident parent of the command by its flags: what it watches and
// what it does itself may open no door, but for the one that the flag is made for.
type supervisor struct {
	name  string
	flags []string
	opens string
}

func supervisors() []supervisor {
	all := []supervisor{{"watched", []string{"--audit-level", "all", "--allow-rmdir-own", "--audit-log"}, "rmdir-inside"}}
	if suite.Long() {
		all = append(all, supervisor{"waited for", []string{"--wait-all"}, ""}, supervisor{"logged", []string{"--audit-log"}, ""},
			supervisor{"explained", []string{"--explain"}, ""})
	}
	return all
}

// trySupervised makes the attack beside a supervisor, where the outcome must be what it is
// without one.
func (w *world) trySupervised(t *testing.T, d door, s suite.Suite, table *table, plain string, open bool) {
	for _, sv := range supervisors() {
		flags := sv.flags
		if flags[len(flags)-1] == "--audit-log" {
			flags = append(flags[:len(flags):len(flags)], w.path("audit-"+strconv.FormatInt(runs.Load(), 10)))
		}
		outcome := w.attack(t, d, &s, flags...)
		table.set(d, w.user.Name, sv.name, outcome)
		if now := outcome == "ok" || has(d.reached, outcome); now != (open || sv.opens == d.name) {
			t.Errorf("%s by a supervisor: %s, and without it %s", sv.name, outcome, plain)
		}
	}
}

// try makes the control and then the attack on every ABI. It skips at the end
// if the control could not show the door open.
func (w *world) try(t *testing.T, d door, abis []int, suites map[int]suite.Suite, table *table) {
	control := "none"
	if d.noControl == "" {
		control = w.attack(t, d, nil)
	}
	table.set(d, w.user.Name, "control", control)
	shown := d.noControl != "" || control == "ok" || has(d.reached, control)
	for _, abi := range abis {
		s := suites[abi]
		if !shown && s.Lower != suite.Newest && !suite.Long() {
			continue // what is shut anyway is tried once
		}
		outcome := w.attack(t, d, &s)
		table.set(d, w.user.Name, fmt.Sprint(abi), outcome)
		open := outcome == "ok" || has(d.reached, outcome)
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
		if s.Lower == suite.Newest {
			w.trySupervised(t, d, s, table, outcome, open)
		}
	}
	if !shown {
		t.Skipf("shut without nono as well, so this shows little: %s", control)
	}
}
