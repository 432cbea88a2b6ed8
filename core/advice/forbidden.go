package advice

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// forbidden reports whether a policy of the administrator forbids one of the changes.
func (a *Adviser) forbidden(parts []query.Part) bool {
	return slices.ContainsFunc(parts, func(p query.Part) bool { return !p.Drop && forbids(a.Managed, p, a.Platform) != "" })
}

func forbids(m *policy.Managed, p query.Part, goos string) string {
	return m.Forbids(strings.TrimPrefix(p.Flag, "--"), p.Arg, goos)
}

// KeepTo takes a suggestion out of v that the policies do not let anybody follow, and
// says why. It is for the suggestions that no Adviser has tried.
func KeepTo(m *policy.Managed, v *query.Verdict, goos string) {
	if m == nil || v.Suggestion == nil {
		return
	}
	for _, p := range v.Suggestion.Parts {
		by := forbids(m, p, goos)
		switch {
		case p.Drop && p.Flag == "--net-block":
			by = m.NetBlock
		case p.Drop:
			by = ""
		case p.Flag == "--host" && len(m.Hosts) > 0:
			h, _ := reach.Parse(p.Arg)
			if !slices.ContainsFunc(m.Hosts, func(floor spec.Host) bool { return reach.Covers(&floor, &h) }) {
				by = m.Hosts[0].By.Detail
			}
		}
		if by != "" {
			v.Suggestion = nil
			note(v, "the policy "+fault.Quote(by)+" stands against it")
			return
		}
	}
}
