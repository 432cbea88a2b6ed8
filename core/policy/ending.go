package policy

import (
	"slices"
	"time"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/origins"
)

// compileEnding makes a policy with grants that end. It is made of two: the one without
// these grants says what the kernel gives, and the one with them what the supervisor may
// give meanwhile. So a grant that ends neither lifts a protection for good, nor spares
// another grant its own line.
func compileEnding(o Options, h Host) (*Policy, error) {
	if h.GOOS != "linux" {
		return nil, &fault.Error{Do: "let a grant end", Err: fault.Text("that needs a supervisor, which needs Linux")}
	}
	lasting := o
	lasting.Grants = slices.DeleteFunc(slices.Clone(o.Grants), func(g Grant) bool { return g.For > 0 })
	inner, err := compileOnce(lasting, h, o.Grants)
	if err != nil {
		return nil, err
	}
	all, err := compileOnce(o, h, o.Grants)
	if err != nil {
		return nil, err
	}
	s := inner.Spec
	have := map[line]bool{}
	for _, p := range s.Paths {
		have[line{p.Kind, p.Path}] = true
	}
	for _, p := range all.Spec.Paths {
		switch {
		case have[line{p.Kind, p.Path}]:
		case !p.Kind.Grants():
			s.Paths = append(s.Paths, p)
		case p.Until > 0:
			s.Ending = append(s.Ending, p)
		}
	}
	if len(s.Ending) > 0 {
		s.AddTrap(spec.TrapOpens)
	}
	if slices.ContainsFunc(s.Ending, func(p spec.Path) bool { return p.Kind.Writes() }) {
		s.AddTrap(spec.TrapNames)
	}
	inner.Skipped, inner.Lifted, inner.Dropped, inner.Taken = all.Skipped, all.Lifted, all.Dropped, all.Taken
	inner.Closed, inner.Unlisted = all.Closed, all.Unlisted
	inner.Misled, inner.Led, inner.BeforeNono = all.Misled, all.Led, all.BeforeNono
	return inner, nil
}

// endings gives the grants that --until speaks of their end. With --end-kills nothing
// ends but the command, and the kernel can give it all; the result is when, in seconds
// from now, or 0.
func (o *Options) endings() (kill int64, err error) {
	var until int64
	if o.Until != "" {
		if until, err = untilClock(o.Until, time.Now()); err != nil {
			return 0, err
		}
	}
	o.Grants = slices.Clone(o.Grants)
	for i := range o.Grants {
		g := &o.Grants[i]
		if until > 0 && g.For == 0 && later.MayEnd(g.Kind) && (g.From == "" || g.Shared) {
			g.For, g.Ends = until, " --until "+o.Until
		}
	}
	o.Hosts = slices.Clone(o.Hosts)
	for i := range o.Hosts {
		h := &o.Hosts[i]
		if until > 0 && h.Until == 0 && origins.Typed(h.By) {
			h.Until = Until(until)
			h.By.Detail += " --until " + o.Until
		}
	}
	ends := until
	for i := range o.Grants {
		if d := o.Grants[i].For; d > 0 && (ends == 0 || d < ends) {
			ends = d
		}
	}
	for i := range o.Hosts {
		if at := o.Hosts[i].Until; at > 0 {
			if d := clock.SecondsTo(at); ends == 0 || d < ends {
				ends = max(1, d)
			}
		}
	}
	any := slices.ContainsFunc(o.Grants, func(g Grant) bool { return g.For > 0 }) ||
		slices.ContainsFunc(o.Hosts, func(h spec.Host) bool { return h.Until > 0 })
	switch {
	case o.EndKills && ends == 0:
		return 0, &fault.Error{Do: "use --end-kills", Err: fault.Text("nothing ends"), Hint: "--until 18:00 says when, or a time after a path: --allow .:5m"}
	case o.Until != "" && !any && !o.EndKills:
		return 0, &fault.Error{Do: "use --until", Err: fault.Text("the command line grants no path and no host that could end"),
			Hint: "--end-kills ends the command at that time"}
	case !o.EndKills:
		return 0, nil
	}
	for i := range o.Grants {
		o.Grants[i].For = 0
	}
	for i := range o.Hosts {
		o.Hosts[i].Until = 0
	}
	return ends, nil
}

// untilClock returns the seconds from now until the clock shows text next: HH:MM or
// HH:MM:SS of the next 24 hours, or a day too.
func untilClock(text string, now time.Time) (int64, error) {
	bad := func(why string) error {
		return &fault.Error{Do: "use --until " + fault.Quote(text), Err: fault.Text(why), Hint: "--until 18:00, or --until 2026-12-31T18:00"}
	}
	var at time.Time
	for _, form := range [...]string{"15:04", "15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		t, err := time.ParseInLocation(form, text, now.Location())
		if err != nil {
			continue
		}
		if at = t; len(form) <= len("15:04:05") {
			at = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			if !at.After(now) {
				at = time.Date(now.Year(), now.Month(), now.Day()+1, t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			}
		}
	}
	switch d := at.Sub(now); {
	case at.IsZero():
		return 0, bad("that is no time of the day")
	case d <= 0:
		return 0, bad("that time is over")
	case d > 366*24*time.Hour:
		return 0, bad("a time is 366d at most")
	default:
		return max(1, int64(d/time.Second)), nil
	}
}

// Until is when a grant ends that holds for so many seconds from now; 0 for never. The
// second that has begun counts for none.
func Until(seconds int64) int64 {
	if seconds == 0 {
		return 0
	}
	return clock.Boot() + 1 + seconds
}
