package main

import (
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/promise"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/document"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// summary shows a person what the sandbox lets through and what the kernel will
// not hold.
func (l *launch) summary() string {
	var b strings.Builder
	s := l.policy.Spec
	section := func(title string, kinds ...spec.Kind) {
		var lines []string
		for _, p := range s.Paths {
			for _, k := range kinds {
				if p.Kind == k && p.By.Source != spec.System {
					lines = append(lines, "  "+fault.Quote(p.Path)+"  ("+reason(p.By)+")")
				}
			}
		}
		if len(lines) > 0 {
			b.WriteString(title + "\n" + strings.Join(lines, "\n") + "\n")
		}
	}
	section("read and write:", spec.Allow, spec.AllowFile, spec.Temp)
	section("read:", spec.Read, spec.ReadFile)
	section("write:", spec.Write, spec.WriteFile)
	section("devices:", spec.Device)
	section("Unix sockets:", spec.UnixSocket)
	b.WriteString(l.ends())
	b.WriteString(l.profileSummary())
	b.WriteString(l.managedSummary())
	b.WriteString(l.counts())
	for i := range spec.SwitchTable {
		w := &spec.SwitchTable[i]
		if !document.Told(w, s) || w.Word == "undo" || w.Word == "ephemeral" {
			continue
		}
		b.WriteString(w.What + ": " + allowed(*w.Of(&s.Switches)) + "\n")
	}
	if s.Ephemeral {
		b.WriteString("changes: kept apart from the originals, until nono keep or nono discard\n")
	}
	if s.Undo {
		b.WriteString("changes: made in place, each saved first; nono undo takes them back\n")
	}
	b.WriteString(network(s))
	b.WriteString(l.secretSummary() + l.credentialSummary())
	b.WriteString(each("removed from the environment: ", slices.Concat(l.withheld.secrets, l.withheld.session)))
	if l.policy.Command.Path != "" {
		b.WriteString("command: " + shellquote.Words(l.policy.Command.Argv) + "\n")
	}
	for _, path := range l.policy.Skipped {
		b.WriteString("skipped, does not exist: " + fault.Quote(path) + "\n")
	}
	b.WriteString(notHeld(runtime.GOOS, s))
	return b.String()
}

// network tells what lines open of a network that is otherwise blocked.
func network(s *spec.Spec) string {
	var b strings.Builder
	for i := range s.Ports {
		b.WriteString("TCP to port " + s.Ports[i].Range() + ": allowed  (" + reason(s.Ports[i].By) + ")\n")
	}
	for _, h := range s.Hosts {
		b.WriteString("TCP to " + reach.Text(h) + ": allowed  (" + reason(h.By) + ")\n")
	}
	for _, h := range s.HostDenies {
		b.WriteString("TCP to " + reach.Text(h) + ": denied  (" + reason(h.By) + ")\n")
	}
	for _, h := range s.Listens {
		b.WriteString("servers inside: reached from outside at " + reach.Text(h) + "  (" + reason(h.By) + ")\n")
	}
	return b.String()
}

// reason returns where a line comes from, for a person.
func reason(by spec.Origin) string { return printable(by.String()) }

// printable quotes text that would fool a terminal: paths as typed may have that.
func printable(text string) string {
	if q := strconv.Quote(text); q != `"`+text+`"` {
		return q
	}
	return text
}

func allowed(yes bool) string {
	if yes {
		return "allowed"
	}
	return "blocked"
}

// counts sums up the lines that are too many to show one by one.
func (l *launch) counts() string {
	system := 0
	var paths, commands []string
	for _, p := range l.policy.Spec.Paths {
		switch {
		case p.By.Source == spec.System:
			system++
		case p.Kind.Grants(), p.By.Source == spec.Policy: // told before
		case p.By.Source == spec.BlockedCommand:
			commands = append(commands, printable(p.By.Detail))
		default:
			paths = append(paths, reason(p.By))
		}
	}
	text := "system: programs, libraries and devices (" + strconv.Itoa(system) + " lines; --print-spec shows all)\n"
	text += each("protected: ", paths) + each("blocked commands: ", commands)
	for _, g := range l.policy.Lifted {
		text += "protection lifted: " + fault.Quote(g.Path) + "  (" + reason(g.By) + ")\n"
	}
	return text
}

// each is a line with every word once, or nothing.
func each(title string, words []string) string {
	var once []string
	for _, c := range words {
		if !slices.Contains(once, c) {
			once = append(once, c)
		}
	}
	if len(once) == 0 {
		return ""
	}
	return title + strings.Join(once, ", ") + "\n"
}

// notHeld tells which promises the kernel of a system, a GOOS, cannot keep for s.
func notHeld(goos string, s *spec.Spec) string {
	support, err := kernel.Detect()
	if err != nil && goos != "darwin" {
		return "not enforced: anything at all: " + err.Error() + "\n"
	}
	text := ""
	for _, p := range promise.On(goos, support, s) {
		if !p.Held {
			text += "not enforced on this kernel: " + p.What + " (" + p.Needs + ")\n"
		}
	}
	return text
}
