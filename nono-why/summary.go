package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// summary is what an agent should know, short enough to read in one go.
func (w *sandbox) summary() string {
	if w.outside {
		return "This process is in no sandbox of nono's: nothing is blocked by it.\n"
	}
	var b strings.Builder
	s := w.spec
	b.WriteString("You are in a sandbox (nono) that the kernel enforces; it cannot be left or widened from inside.\n")
	if !w.self {
		b.Reset()
		b.WriteString("A sandbox of this policy:\n")
	}
	list := func(title string, kinds ...spec.Kind) {
		if paths := pathsOf(s, kinds...); paths != "" {
			b.WriteString(title + ": " + paths + "\n")
		}
	}
	list("Read and write", spec.Allow, spec.AllowFile)
	list("Read", spec.Read, spec.ReadFile)
	list("Write", spec.Write, spec.WriteFile)
	list("Temporary files, directories removable", spec.Temp)
	b.WriteString("Programs and libraries of the system can be read and executed.\n")
	if denied := categories(s, spec.Deny); denied != "" {
		b.WriteString("Shut, whatever is granted above: " + denied + "\n")
	}
	if denied := categories(s, spec.DenyWrite); denied != "" {
		b.WriteString("Readable at most: " + denied + "\n")
	}
	for i := range spec.SwitchTable {
		w := &spec.SwitchTable[i]
		if !document.Told(w, s) {
			continue
		}
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(strings.ToUpper(w.What[:1]) + w.What[1:] + ": " + allowed(*w.Of(&s.Switches)) + ".")
	}
	for i := range s.Ports {
		b.WriteString(" TCP to port " + s.Ports[i].Range() + ": allowed.")
	}
	b.WriteString("\n")
	if w.self {
		if later.Asks(s) {
			b.WriteString("Of the rest, the user is asked when it is tried, unless it is protected: wait for the answer.\n" +
				"'nono-why --self --request --op OP PATH --reason TEXT' asks ahead and says what it is for.\n")
		}
		for _, g := range s.Ending {
			b.WriteString("For a time: " + g.Kind.String() + " " + fault.Quote(g.Path) + " (" + left(g.Until) + ").\n")
		}
		for _, h := range s.EndingHosts {
			b.WriteString("For a time: TCP to " + reach.Text(h) + " (" + left(h.Until) + ").\n")
		}
		if s.Ends > 0 {
			b.WriteString("This command is ended in " + left(s.Ends) + ".\n")
		}
		b.WriteString("Anything else fails with 'Permission denied' or 'Operation not permitted'. Do not try ways around it.\n" +
			"'nono-why --self --op OP PATH' says why, and names the flag. Tell the user what you needed, and that\n" +
			"nono must be started again with that flag.\n")
	}
	return b.String()
}

// left is how long it is until end, in seconds of CLOCK_BOOTTIME.
func left(end int64) string {
	if n := clock.SecondsTo(end); n > 0 {
		return span.Format(n)
	}
	return "over"
}

func allowed(yes bool) string {
	if yes {
		return "allowed"
	}
	return "blocked"
}

// pathsOf lists the paths of some kinds but the system's, up to a few.
func pathsOf(s *spec.Spec, kinds ...spec.Kind) string {
	const most = 24
	var paths []string
	for _, p := range s.Paths {
		for _, k := range kinds {
			if p.Kind == k && p.By.Source != spec.System && p.By.Source != spec.SpecCopy {
				paths = append(paths, fault.Quote(p.Path))
			}
		}
	}
	if len(paths) > most {
		paths = append(paths[:most], "and more")
	}
	return strings.Join(paths, ", ")
}

// categories lists what the denies of a kind protect, each once.
func categories(s *spec.Spec, k spec.Kind) string {
	var list, commands []string
	seen := map[string]bool{}
	for _, p := range s.Paths {
		by, command := p.By.String(), p.By.Source == spec.BlockedCommand
		if command {
			by = p.By.Detail
		}
		if command && p.Kind == k && !seen[by] {
			seen[by] = true
			commands = append(commands, by)
		}
		if command {
			continue
		}
		if p.By.Source == spec.Flag {
			by = fault.Quote(p.Path)
		}
		if p.Kind == k && !seen[by] {
			seen[by] = true
			list = append(list, by)
		}
	}
	if len(commands) > 0 {
		list = append(list, "commands for "+strings.Join(commands, ", "))
	}
	return strings.Join(list, ", ")
}
