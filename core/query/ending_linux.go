package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
)

// ending answers for the grants that end. The supervisor performs their operations.
type ending struct {
	asker *Asker // for the spec with the grants that are still valid; nil at first
	// next is the time when the first of these grants ends.
	next int64
}

// askEnding returns the verdict for q with the grants that end. v is the verdict of the
// rules of the kernel.
func (a *Asker) askEnding(q Question, v Verdict) Verdict {
	if v.Status != Denied || len(a.s.Ending) == 0 {
		return v
	}
	now := clock.Boot()
	if Performed(q.Op) {
		if w := a.with(now); w != nil {
			if u := w.Ask(q); u.Status == Allowed {
				u.Until = a.holdsUntil(&u, now)
				return u
			}
		}
	}
	if p := a.endingAt(v.Resolved, func(p *spec.Path) bool { return p.Until <= now }); p != nil {
		v.Note = "the grant of " + p.By.String() + " has ended"
	} else if p := a.endingAt(v.Resolved, func(p *spec.Path) bool { return p.Until > now }); p != nil && q.Op == Execute && v.ByPolicy() {
		v.Note = "a grant that ends lets no program be started"
	}
	return v
}

// with returns an Asker for the spec with the grants that are valid at now, or nil if the
// carve fails.
func (a *Asker) with(now int64) *Asker {
	if a.ending == nil {
		a.ending = &ending{}
	}
	e := a.ending
	if e.asker == nil || now >= e.next {
		s := later.At(a.s, now)
		e.next = 1<<63 - 1
		for _, p := range a.s.Ending {
			if p.Until > now {
				e.next = min(e.next, p.Until)
			}
		}
		w := &Asker{s: s, abi: a.abi}
		if _, lines := a.rules.(*byLines); !lines {
			c, err := carveNow(s)
			if err != nil {
				return nil
			}
			w.rules = c
		}
		e.asker = w
	}
	// The new Asker must see the files as a has seen them.
	e.asker.disk = a.disk
	if _, lines := a.rules.(*byLines); lines {
		e.asker.rules = newByLines(e.asker.s, a.disk)
	}
	return e.asker
}

// holdsUntil returns the time when the first of the grants ends that v depends on.
func (a *Asker) holdsUntil(v *Verdict, now int64) int64 {
	var end int64
	for _, p := range [...]*spec.Path{v.Line, v.Also} {
		if p != nil && p.Until > 0 && (end == 0 || p.Until < end) {
			end = p.Until
		}
	}
	for _, path := range [...]string{v.Resolved, v.To} {
		if p := a.endingAt(path, func(p *spec.Path) bool { return p.Until > now }); end == 0 && p != nil {
			end = p.Until
		}
	}
	return end
}

// endingAt returns a grant that ends, at or above path, for which is returns true; or nil.
func (a *Asker) endingAt(path string, is func(*spec.Path) bool) *spec.Path {
	for i := range a.s.Ending {
		if p := &a.s.Ending[i]; spec.Within(path, p.Path) && is(p) && byname.Deny(a.s, path, carve.ReadFile) == nil {
			return p
		}
	}
	return nil
}
