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
	// Managed are the policies that hold here; nil for none.
	Managed *policy.Managed
	// Tools are nono's own programs, as in policy.Options.
	Tools []string
	// Host is for what the lists protect beneath a new grant. Where it is nil,
	// nothing is.
	Host *policy.Host
	// Profiles are those that may help too.
	Profiles []Profile
}

// An Adviser gives advice about one sandbox. It remembers what it has tried, and
// is not safe for concurrent use.
type Adviser struct {
	Sandbox
	asker *query.Asker
	tried map[string]*changed // by the flags
	// profiles is what Profiles come to; nil until it is asked for.
	profiles []*added
}

// New returns an Adviser for the sandbox that asker answers about.
func New(s Sandbox, asker *query.Asker) *Adviser {
	return &Adviser{Sandbox: s, asker: asker, tried: map[string]*changed{}}
}

// Advise fills in the suggestion of v, the verdict on q, where the policy denies
// it, and the profiles that allow it. Where no change helps, a note says so.
func (a *Adviser) Advise(q query.Question, v *query.Verdict) {
	if !v.ByPolicy() || v.Suggestion != nil {
		return
	}
	s, hope := (*query.Suggestion)(nil), ""
	if q.Op == query.Execute && v.Exists && v.Reason != query.BlockedCommand {
		s = a.startProgram(q, v)
	}
	if s == nil {
		s, hope = a.find(q, v)
	}
	v.Profiles = a.profilesFor(q, v)
	if s != nil {
		v.Suggestion = s
		if denies := a.undoes(s); denies != nil {
			note(v, "what would allow it undoes "+strings.Join(denies, " and ")+" there")
		}
		return
	}
	made := a.makeFirst(q, v)
	switch {
	case made != "":
		note(v, made)
	case hope != "":
		note(v, hope)
	case v.Note == "" && v.Profiles == nil:
		note(v, nothing)
	}
}

const nothing = "nothing on the command line allows it"

// note adds a sentence for people.
func note(v *query.Verdict, text string) { v.Note = Sentences(v.Note, text) }

// Sentences puts two sentences of a note together; each may be empty.
func Sentences(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "; " + second
}

// find tries the candidates in their order. hope is why the first one that looks as
// if it helped would not do after all.
func (a *Adviser) find(q query.Question, v *query.Verdict) (s *query.Suggestion, hope string) {
	for _, parts := range a.candidates(a.Spec, q, v) {
		if a.forbidden(parts) {
			continue
		}
		if first := a.quickLook(parts, q); first.Status != query.Allowed {
			if hope == "" && !first.ByPolicy() {
				hope = failing(parts, &first)
			}
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
		return nothing + " before it exists; in a profile, 'create' makes a directory"
	}
	return nothing
}

// failing says why the changes would not help, although the policy would allow it.
func failing(parts []query.Part, v *query.Verdict) string {
	why := v.Note
	if why == "" {
		why = Failure(v)
	}
	return "nor would " + (&query.Suggestion{Parts: parts}).String() + ": " + why
}

// Failure says what stands against an operation besides the policy, or "".
func Failure(v *query.Verdict) string {
	switch v.Reason {
	case query.FilePermissions:
		return "the file permissions or the mount do not let this user"
	case query.DoesNotExist:
		return "it does not exist"
	case query.Exists:
		return "it exists already"
	case query.NotADirectory:
		return "part of it is not a directory"
	case query.IsADirectory:
		return "it is a directory"
	case query.NotSuitable:
		return "it is of the wrong kind for this"
	case query.MountPoint:
		return "something is mounted there"
	case query.OtherMount:
		return "the two are on different mounts"
	case query.BadPath:
		return "the path cannot be used for this"
	case query.CannotStart:
		return "the kernel would not start it"
	}
	return ""
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
