package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"golang.org/x/sys/unix"
)

// addAskableHosts lets a person be asked for hosts where only some may be connected to:
// all, or those that the administrator leaves.
func addAskableHosts(s *spec.Spec, o Options) {
	if !s.LimitsHosts() || o.Managed.Forbids("host", "", "linux") != "" {
		return
	}
	s.AskableHosts = reach.AnyHost(spec.Origin{Source: spec.Flag, Detail: "--ask"})
	if o.Managed != nil && len(o.Managed.Hosts) > 0 {
		s.AskableHosts = slices.Clone(o.Managed.Hosts)
	}
}

// addUnasked keeps answers from granting what a policy forbids to grant.
func addUnasked(s *spec.Spec, o Options, h Host) error {
	if o.Managed == nil {
		return nil
	}
	c := &compiler{o: &o, h: &h, res: paths.NewResolver()}
	homes, err := c.findHomes()
	if err != nil {
		return err
	}
	for _, f := range o.Managed.Forbidden {
		k := spec.KindOf(f.Flag)
		if !later.MayEnd(k) {
			continue
		}
		if f.Value == "" {
			s.Unasked = append(s.Unasked, spec.Path{Kind: k, By: byPolicy(f.Policy)})
			continue
		}
		for _, path := range everywhere(f.Value, homes) {
			at, err := c.res.Resolve(path)
			if err != nil && err != unix.EACCES {
				continue // as where grants are looked at
			}
			for _, more := range [...]spec.Kind{spec.Read, spec.Write, spec.Allow, spec.ReadFile, spec.WriteFile, spec.AllowFile} {
				if gives(more, k) {
					s.Unasked = append(s.Unasked, spec.Path{Kind: more, Path: at.Path, By: byPolicy(f.Policy)})
				}
			}
		}
	}
	return nil
}
