package policy

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/project"
	"github.com/nono-sandbox/nono/core/spec"
)

// refuseOfProject refuses what the profile that a project has of its own may not grant,
// whoever trusts it: what is protected, and a home or more. Its text may come from
// anybody; only who starts the command lifts a protection. What a profile that comes
// with nono lifts for a tool's caches is nono's own text, and the offer shows it.
func (c *compiler) refuseOfProject(p *protected) error {
	return c.eachGrant(func(g *Grant) bool { return g.Project }, func(g Grant, name, at string) error {
		why := TooMuch(at, *c.h)
		if why != "" {
			why = "it is " + why
		} else if by := p.against(at, g.Kind); by.Source != spec.Unsaid {
			why = "it is protected (" + by.String() + ")"
		}
		if why == "" {
			return nil
		}
		f := refusal(g, name, fault.Text(why+", and the project's own profile may not lift that"))
		f.Hint = "take the line out of it; if that is meant: " + flagOf(g.Kind) + " " + fault.Quote(name)
		if g.From != project.Name {
			f.Hint = "take 'profile " + g.From + "' out of it, and use --profile " + g.From
		}
		return f
	})
}
