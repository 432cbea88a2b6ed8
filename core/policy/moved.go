package policy

import (
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// ofAgents is the category of what agents keep. A profile lifts it for its own.
const ofAgents = "agents' keys, settings and records"

// refuseMoved refuses a grant of a profile that a variable of the environment has
// moved to, or beneath, a path that is protected for another reason: what a project
// sets (direnv and its like do so) must not decide that ~/.ssh is granted.
func (c *compiler) refuseMoved(p *protected) error {
	return c.eachGrant(func(g *Grant) bool { return g.Moved != "" }, func(g Grant, name, at string) error {
		by := p.againstBut(listed(ofAgents), at, g.Kind)
		if d := (redirected{g, name, at}); by.Source != spec.Unsaid && !c.meant(d, p) {
			return d.refusal("the variable "+g.Moved+" leads to "+fault.Quote(at)+", which is protected ("+by.String()+")",
				"set it to a directory of the agent's own; if that is meant: "+flagOf(g.Kind)+" "+fault.Quote(at))
		}
		return nil
	})
}

// eachGrant calls f for the grants that are of interest, each with its absolute name and
// where that leads. What leads nowhere has been skipped, or told.
func (c *compiler) eachGrant(of func(*Grant) bool, f func(g Grant, name, at string) error) error {
	for _, g := range c.o.Grants {
		if !g.Kind.Grants() || !of(&g) {
			continue
		}
		name, err := c.absolute(g)
		if err != nil {
			return err
		}
		at, err := c.res.Resolve(name)
		if err != nil {
			continue
		}
		if err := f(g, name, at.Path); err != nil {
			return err
		}
	}
	return nil
}

// againstBut is against for every protection but one.
func (p *protected) againstBut(but spec.Origin, path string, k spec.Kind) spec.Origin {
	for ; path != "/"; path = spec.Parent(path) {
		if at, ok := p.at[path]; ok && at.by != but && (at.kind == spec.Deny || k.Writes()) {
			return at.by
		}
	}
	return spec.Origin{}
}
