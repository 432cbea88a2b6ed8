// Package advice finds what to change on the command line so that a sandbox lets
// through what it denies. It is the only such engine: it lists what may help,
// narrowest first, makes the policy with each change, and asks that policy. What
// it suggests has been tried.
package advice

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// A Sandbox is what is to be changed.
type Sandbox struct {
	Spec     *spec.Spec
	ABI      int    // as in query.New
	Platform string // as in query.ForPlatform
	Dir      string // the working directory
	Inside   bool   // this process is in it
	// Options are what Spec was compiled from, for Host. They are nil where only
	// the spec is known: then its lines are changed.
	Options *policy.Options
	// Tools are nono's own programs, as in policy.Options.
	Tools []string
	// Host is for what the lists protect beneath a new grant. Where it is nil,
	// nothing is.
	Host *policy.Host
}

// An Adviser gives advice about one sandbox. It remembers what it has tried, and
// is not safe for concurrent use.
type Adviser struct {
	Sandbox
	asker *query.Asker
	tried map[string]*changed // by the flags
}

// New returns an Adviser for the sandbox that asker answers about.
func New(s Sandbox, asker *query.Asker) *Adviser {
	return &Adviser{Sandbox: s, asker: asker, tried: map[string]*changed{}}
}

// Advise fills in the suggestion of v, the verdict on q, where the policy denies
// it. Where no change helps, a note says so.
func (a *Adviser) Advise(q query.Question, v *query.Verdict) {
	if !v.ByPolicy() || v.Suggestion != nil {
		return
	}
	s, hope := a.find(q, v)
	if s != nil {
		v.Suggestion = s
		if denies := a.undoes(s); denies != nil {
			note(v, "what would allow it undoes "+strings.Join(denies, " and ")+" there")
		}
		return
	}
	switch {
	case hope != "":
		note(v, hope)
	case v.Note == "":
		note(v, nothing)
	}
}

const nothing = "nothing on the command line allows it"

// note adds a sentence for people.
func note(v *query.Verdict, text string) {
	v.Note = strings.TrimPrefix(v.Note+"; "+text, "; ")
}

// find tries the candidates in their order. hope is why the first one that looks as
// if it helped would not do after all.
func (a *Adviser) find(q query.Question, v *query.Verdict) (s *query.Suggestion, hope string) {
	for _, parts := range a.candidates(a.Spec, q, v) {
		if a.quickLook(parts, q) != query.Allowed {
			continue
		}
		then := a.with(parts, q)
		if then.Status == query.Allowed {
			return &query.Suggestion{Parts: parts}, ""
		}
		// To leave a deny out may leave the lists' own at the same path.
		if c := a.change(parts); c.spec != nil && slices.ContainsFunc(parts, dropsDeny) {
			for _, more := range a.candidates(c.spec, q, &then) {
				both := slices.Concat(parts, more)
				if last := a.with(both, q); last.Status == query.Allowed {
					return &query.Suggestion{Parts: a.needed(both, q)}, ""
				}
			}
		}
		if hope == "" {
			hope = falseHope(parts, v, &then)
		}
	}
	return nil, hope
}

// needed takes the flags out of changes that were put together from two which are
// not needed after all. The denies to be left out stay: one is told by what it
// denies, which may be what another denies too.
func (a *Adviser) needed(parts []query.Part, q query.Question) []query.Part {
	for i := 0; i < len(parts); {
		less := slices.Delete(slices.Clone(parts), i, i+1)
		if v := a.with(less, q); !parts[i].Drop && v.Status == query.Allowed {
			parts = less
		} else {
			i++
		}
	}
	return parts
}

// falseHope says why the changes, which look as if they helped, would not.
func falseHope(parts []query.Part, v, then *query.Verdict) string {
	switch {
	case then.Reason == query.ChainDirectory:
		return "nor would " + (&query.Suggestion{Parts: parts}).String() + ": " + OnTheWay(then)
	case !v.Exists:
		return nothing + " before it exists"
	}
	return nothing
}

// OnTheWay says why a chain directory is shut: the line of v, which is denied for
// that reason, is a deny beneath it.
func OnTheWay(v *query.Verdict) string {
	if v.Line == nil {
		return "its directory is on the way to something that is denied"
	}
	return "its directory is on the way to " + fault.Quote(v.Line.Path) + ", which is protected (" + v.Category +
		"), so only what was in it at the start can be used"
}
