package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/kernel"
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

// addAskableSockets lets a person be asked for Unix sockets where a supervisor connects to
// them, which it does on kernels whose Landlock cannot tell them apart.
func addAskableSockets(s *spec.Spec, o Options) {
	support, err := kernel.Detect()
	if err != nil || support.ABI >= kernel.ABIUnix || s.UnixSockets {
		return
	}
	s.AddTrap(spec.TrapSockets)
	if o.Managed == nil {
		return
	}
	// One that the administrator forbids may have other names, so all of them are.
	for _, f := range o.Managed.Forbidden {
		if f.Flag == spec.UnixSocket.String() || f.Flag == "allow-unix-sockets" {
			s.Unasked = append(s.Unasked, spec.Path{Kind: spec.UnixSocket, By: byPolicy(f.Policy)})
			return
		}
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
			kinds, err := c.unaskedKinds(carve.Granted(k, false), at.Path)
			if err != nil {
				return err
			}
			for _, more := range kinds {
				s.Unasked = append(s.Unasked, spec.Path{Kind: more, Path: at.Path, By: byPolicy(f.Policy)})
			}
		}
	}
	return nil
}
