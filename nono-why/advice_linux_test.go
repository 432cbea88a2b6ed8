package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// An answered is one of the answers to a batch of questions.
type answered struct {
	Status     string
	Suggestion *string
}

// answers asks several questions in one start: args are a program and its arguments.
func (w *world) answers(questions []string, args ...string) []answered {
	w.t.Helper()
	r := w.start(strings.ReplaceAll(strings.Join(questions, "\n")+"\n", "@", w.home), args[0], args[1:]...)
	var all []answered
	for line := range strings.Lines(r.out) {
		var v answered
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			w.t.Fatalf("%v: %+v", err, r)
		}
		all = append(all, v)
	}
	if len(all) != len(questions) {
		w.t.Fatalf("%d answers to %d questions: %+v", len(all), len(questions), r)
	}
	return all
}

// TestSuggestionsHold pastes each suggestion: what the lists protect in a
// directory stands against a grant of it, though the policy that was asked about
// has no line about that.
func TestSuggestionsHold(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		held, none := 0, 0
		questions := []string{
			"read @/notes", "read @/new", "read @/.npmrc", "read @/.ssh/id", "read @/.ssh/new", "read @/programs/new", "read @",
			"create @/new", "create @/.npmrc", "create @/.ssh/new", "create @/project/new", "create @/programs/new",
			"list @", "list @/project", "list @/.ssh", "delete @/notes", "delete @/project/a", "rmdir @/project/sub",
			"write @/notes", "write @/new", "write @/.gitconfig", "readwrite @/notes", "readwrite @/new", "mkdir @/new", "mkdir @/project/new",
			"execute @/programs/nono-run", "rename-to @/notes\t@/project/b", "rename-to @/project/a\t@/new",
		}
		outside := w.answers(questions, "nono-why", "--batch")
		inside := w.answers(questions, "nono-run", "--silent", "--net-block", "--read", w.bin, "--", "nono-why", "--self", "--batch")
		pasted := map[string][]string{} // the questions to ask again, by the flags to ask them with
		for _, answers := range [][]answered{outside, inside} {
			for i, v := range answers {
				if v.Suggestion == nil {
					none++
					continue
				}
				held++
				if again := pasted[*v.Suggestion]; !slices.Contains(again, questions[i]) {
					pasted[*v.Suggestion] = append(again, questions[i])
				}
			}
		}
		for flags, again := range pasted {
			for i, v := range w.answers(again, append(append([]string{"nono-why"}, strings.Fields(flags)...), "--batch")...) {
				if v.Status != "allowed" {
					t.Errorf("%s: with %q it is %s", again[i], flags, v.Status)
				}
			}
		}
		if held < 20 || none < 10 {
			t.Errorf("%d suggestions and %d times none: the questions do not ask for both", held, none)
		}
	})
}

// TestNoFalseHope: where a grant would bring what stands against it, that is said.
func TestNoFalseHope(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		for args, want := range map[string]string{
			"--op create @/new":            "nor would --write @: its directory is on the way to ",
			"--op list @":                  "nor would --read @: its directory is on the way to ",
			"@/.npmrc":                     "'@/.npmrc' does not exist: make it first, then --read-file @/.npmrc allows it",
			"--net-block --op create @/.x": "nor would --write @: its directory is on the way to ",
		} {
			r := w.why(strings.Fields(args)...)
			if want = strings.ReplaceAll(want, "@", w.home); r.status != 1 || !strings.Contains(r.out, want) || strings.Contains(r.out, "to allow it") {
				t.Errorf("%s: status %d, no %q in\n%s%s", args, r.status, want, r.out, r.err)
			}
		}
	})
}
