package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// suggested asks in JSON and returns the suggestion as arguments, or nil.
func (w *world) suggested(r ran) []string {
	w.t.Helper()
	var v struct{ Suggestion *string }
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		w.t.Fatalf("%v: %+v", err, r)
	}
	if v.Suggestion == nil {
		return nil
	}
	return strings.Fields(*v.Suggestion)
}

// TestSuggestionsHold pastes each suggestion: what the lists protect in a
// directory stands against a grant of it, though the policy that was asked about
// has no line about that.
func TestSuggestionsHold(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		held, none := 0, 0
		for _, q := range []string{
			"read @/notes", "read @/new", "read @/.npmrc", "read @/.ssh/id", "read @/.ssh/new", "read @/programs/new", "read @",
			"create @/new", "create @/.npmrc", "create @/.ssh/new", "create @/project/new", "create @/programs/new",
			"list @", "list @/project", "list @/.ssh", "delete @/notes", "delete @/project/a", "rmdir @/project/sub",
			"write @/notes", "write @/new", "write @/.gitconfig", "readwrite @/notes", "readwrite @/new", "mkdir @/new", "mkdir @/project/new",
			"execute @/programs/nono-run", "rename-to @/notes\t@/project/b", "rename-to @/project/a\t@/new",
		} {
			op, path, _ := strings.Cut(q, " ")
			question := []string{"--op", op}
			if from, to, two := strings.Cut(path, "\t"); two {
				question, path = append(question, "--to", to), from
			}
			question = append(question, path)
			add := w.suggested(w.why(append([]string{"--json"}, question...)...))
			inside := w.suggested(w.start("", "nono-run", append([]string{"--silent", "--net-block", "--read", w.bin, "--", "nono-why", "--self", "--json"}, question...)...))
			for _, flags := range [][]string{add, inside} {
				if flags == nil {
					none++
					continue
				}
				held++
				if r := w.why(append(flags, question...)...); r.status != 0 {
					t.Errorf("%s: with %q it is\n%s", q, flags, r.out)
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
