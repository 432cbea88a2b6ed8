package main

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// endings says what ends during the run, and what does not.
func (l *launch) endings(p *cli.Printer) {
	s := l.policy.Spec
	if len(s.Ending) > 0 {
		text := "after its time nothing in " + endingPlaces(s) + " can be opened or changed any more; what is open then stays open (--end-kills ends the command instead)"
		if shut, mends := withoutPrograms(s); shut != "" {
			text += "; no program in " + shut + " can be started at all"
			if mends {
				text += ": --read beside --allow lets programs there be read and started without end"
			}
		}
		p.Notice(text)
	}
	if len(s.EndingHosts) > 0 {
		var hosts []string
		for _, h := range s.EndingHosts {
			hosts = append(hosts, reach.Text(h))
		}
		p.Notice("after its time no new connection to " + strings.Join(hosts, ", ") + " is possible; open connections stay open (--end-kills ends the command instead)")
	}
	if w := &l.policy.Watch; w.Ask && w.AskWith == "" {
		p.Notice("nono asks before it refuses: answer in another terminal with nono ask (no answer in " + w.AskTimeout + " is no)")
	}
	if s.Ends > 0 {
		p.Notice("the command is ended in " + span.Format(clock.SecondsTo(s.Ends)))
	}
}

// withoutPrograms are the places that can be read for a time and in which the kernel's
// rules let no program be started; mends tells that a lasting grant to read is less than
// what ends at each of them.
func withoutPrograms(s *spec.Spec) (shut string, mends bool) {
	var dirs []string
	mends = true
	for _, g := range s.Ending {
		lasting := func(p spec.Path) bool {
			return p.Path == g.Path && (p.Kind == spec.ReadFile || p.Kind == spec.AllowFile) ||
				spec.Within(g.Path, p.Path) && (p.Kind == spec.Read || p.Kind == spec.Allow || p.Kind == spec.Temp)
		}
		if g.Kind == spec.Write || g.Kind == spec.WriteFile || slices.ContainsFunc(s.Paths, lasting) {
			continue // nothing there could be started without a time either, or it can
		}
		dirs = append(dirs, g.Path)
		mends = mends && g.Kind == spec.Allow
	}
	if len(dirs) == 0 {
		return "", false
	}
	return places(dirs), mends
}

// endingPlaces are the paths whose grants end, each once.
func endingPlaces(s *spec.Spec) string {
	var dirs []string
	for _, g := range s.Ending {
		dirs = append(dirs, g.Path)
	}
	return places(dirs)
}

// ends are the grants that end, for the summary.
func (l *launch) ends() string {
	text := ""
	for _, g := range l.policy.Spec.Ending {
		text += "  " + g.Kind.String() + " " + fault.Quote(g.Path) + " for " + span.Format(clock.SecondsTo(g.Until)) + "  (" + reason(g.By) + ")\n"
	}
	for _, h := range l.policy.Spec.EndingHosts {
		text += "  host " + reach.Text(h) + " for " + span.Format(clock.SecondsTo(h.Until)) + "  (" + reason(h.By) + ")\n"
	}
	if text != "" {
		text = "grants that end:\n" + text
	}
	if end := l.policy.Spec.Ends; end > 0 {
		text += "the command is ended in " + span.Format(clock.SecondsTo(end)) + "\n"
	}
	return text
}
