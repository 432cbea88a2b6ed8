package main

import (
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// endings says what ends during the run, and what does not.
func (l *launch) endings(p *cli.Printer) {
	s := l.policy.Spec
	if len(s.Ending) > 0 {
		p.Notice("after its time nothing in " + endingPlaces(s) + " can be opened or changed any more; what is open then stays open (--end-kills ends the command instead), and no program there can be started at all")
	}
	if w := &l.policy.Watch; w.Ask && w.AskWith == "" {
		p.Notice("what would be refused is asked about: answer in another terminal, with nono ask (no answer in " + w.AskTimeout + " is no)")
	}
	if s.Ends > 0 {
		p.Notice("the command is ended in " + spec.FormatSpan(kernel.SecondsTo(s.Ends)))
	}
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
		text += "  " + g.Kind.String() + " " + fault.Quote(g.Path) + " for " + spec.FormatSpan(kernel.SecondsTo(g.Until)) + "  (" + reason(g.By) + ")\n"
	}
	if text != "" {
		text = "grants that end:\n" + text
	}
	if end := l.policy.Spec.Ends; end > 0 {
		text += "the command is ended in " + spec.FormatSpan(kernel.SecondsTo(end)) + "\n"
	}
	return text
}
