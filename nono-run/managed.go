package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// managedSummary tells what the policies of the machine's administrator say.
func (l *launch) managedSummary() string {
	m := l.managed
	if m == nil {
		return ""
	}
	text := "policies of this machine: " + strings.Join(m.Policies, ", ") + "\n"
	var denied, kept []string
	for _, p := range l.policy.Spec.Paths {
		if p.By.Source != spec.Policy {
			continue
		}
		line := "  " + fault.Quote(p.Path) + "  (" + reason(p.By) + ")\n"
		if p.Kind == spec.Deny {
			denied = append(denied, line)
		} else {
			kept = append(kept, line)
		}
	}
	for _, s := range [...]struct {
		title string
		lines []string
	}{{"denied by policy:\n", denied}, {"read-only by policy:\n", kept}} {
		if len(s.lines) > 0 {
			text += s.title + strings.Join(s.lines, "")
		}
	}
	if m.NetBlock != "" {
		text += "network blocked by policy " + m.NetBlock + "\n"
	}
	for i := range m.Hosts {
		text += "host allowed at most: " + reach.Text(m.Hosts[i]) + "  (" + reason(m.Hosts[i].By) + ")\n"
	}
	if m.Log.Value != "" {
		text += "log: " + fault.Quote(l.policy.Watch.AuditLog) + "  (policy " + m.Log.Policy + ")\n"
	}
	for _, r := range m.Starts {
		text += "each start is recorded in " + fault.Quote(r.Value) + "  (policy " + r.Policy + ")\n"
	}
	if m.Signed != "" {
		text += "profiles of the user's own must be signed  (policy " + m.Signed + ")\n"
	}
	for _, f := range m.Forbidden {
		text += "forbidden: --" + strings.TrimRight(f.Flag+" "+printable(f.Value), " ") + "  (policy " + f.Policy + ")\n"
	}
	return text
}
