package advice

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// changed is the sandbox with some changes. spec is nil where it would not start.
type changed struct {
	spec   *spec.Spec
	lines  *query.Asker // by the lines of spec
	carved *query.Asker // nil until it is asked for
}

// quickLook asks the spec with its lines edited, which is done in no time. It may
// promise too much, since the lists protect nothing more in it, but not too little.
func (a *Adviser) quickLook(parts []query.Part, q query.Question) query.Verdict {
	if len(parts) == 1 && parts[0].Flag == "--allow-unix-sockets" {
		return query.Verdict{Status: query.Allowed} // hard links and bind mounts decide: only a carve tells
	}
	return a.asker.ByLines(Edit(a.Spec, parts)).Ask(q)
}

// with is what the sandbox with the changes says.
func (a *Adviser) with(parts []query.Part, q query.Question) query.Verdict {
	c := a.change(parts)
	if c.spec == nil {
		return query.Verdict{Status: query.Denied}
	}
	if len(parts) == 1 && parts[0].Flag == "--allow-unix-sockets" {
		return a.carved(c, q, query.Verdict{Status: query.Denied})
	}
	v := c.lines.Ask(q)
	if v.Status == query.Allowed && a.mustCarve(parts, q) {
		return a.carved(c, q, v)
	}
	return v
}

// carved asks the carved rules. Inside of the sandbox they cannot be made, so that
// otherwise counts.
func (a *Adviser) carved(c *changed, q query.Question, otherwise query.Verdict) query.Verdict {
	if a.Inside {
		return c.lines.Ask(q)
	}
	if c.carved == nil {
		asker, err := query.ForPlatform(a.Platform, c.spec, a.ABI, a.Dir)
		if err != nil {
			return query.Verdict{Status: query.Denied}
		}
		c.carved = asker
	}
	return c.carved.Ask(q)
}

// mustCarve reports whether only the carved rules tell what the changes come to. A
// thing that is granted by itself is granted by each of its names; a directory that
// comes to be on the way to a deny may not be listable, which stops the start.
func (a *Adviser) mustCarve(parts []query.Part, q query.Question) bool {
	alone := q.Op != query.ReadWrite && q.Op != query.Execute // needs no other right
	if alone && !slices.ContainsFunc(parts, func(p query.Part) bool { return !single(p) }) {
		return false
	}
	at := []string{q.Path, q.To}
	for _, p := range parts {
		at = append(at, p.Arg)
		if uncertain(p) {
			return true
		}
	}
	return a.asker.OtherNames(at...)
}

// single reports whether the part grants one thing that is no directory.
func single(p query.Part) bool {
	return !p.Drop && (strings.HasSuffix(p.Flag, "-file") || p.Flag == "--unix-socket" || p.Flag == "--device")
}

// uncertain reports whether only a policy made anew tells what a part comes to: a
// grant of a directory, and a deny to be left out.
func uncertain(p query.Part) bool {
	return !p.Drop && kindOf(p.Flag).Directory() || dropsDeny(p)
}

// dropsDeny reports whether the part is a deny to be left out.
func dropsDeny(p query.Part) bool { return p.Drop && p.Flag != "--net-block" }

// change makes the sandbox with the changes, once.
func (a *Adviser) change(parts []query.Part) *changed {
	flags := (&query.Suggestion{Parts: parts}).String()
	c := a.tried[flags]
	if c == nil {
		c = &changed{spec: a.changedSpec(parts)}
		if c.spec != nil {
			c.lines = a.asker.ByLines(c.spec)
		}
		a.tried[flags] = c
	}
	return c
}

// changedSpec compiles the options with the changes. Where they are not known, the
// lines are changed, and what the lists protect beneath the new grants is added.
func (a *Adviser) changedSpec(parts []query.Part) *spec.Spec {
	edited := Edit(a.Spec, parts)
	if a.Host == nil || a.Managed == nil && !slices.ContainsFunc(parts, uncertain) && !a.deniesByForm() {
		return edited
	}
	if a.Options == nil {
		if pol := a.compile(policy.Options{Tools: a.Tools}, parts); pol != nil {
			return a.protect(edited, pol.Spec)
		}
		return edited // which flags it was started with is not known
	}
	pol := a.compile(*a.Options, parts)
	if pol == nil {
		return nil
	}
	return pol.Spec
}

// deniesByForm reports whether a deny may be a pattern: it is tried on what the grants
// reach, so that every new grant may meet it.
func (a *Adviser) deniesByForm() bool {
	return a.Options != nil && slices.ContainsFunc(a.Options.Grants, func(g policy.Grant) bool {
		return !g.Kind.Grants() && strings.ContainsAny(g.Path, "*?[")
	})
}

// compile compiles the policy of o with the changes, or returns nil.
func (a *Adviser) compile(o policy.Options, parts []query.Part) *policy.Policy {
	o.Grants, o.AllowCommands, o.BlockCommands = slices.Clone(o.Grants), slices.Clone(o.AllowCommands), slices.Clone(o.BlockCommands)
	for _, p := range parts {
		switch kind := kindOf(p.Flag); {
		case p.Flag == "--net-block":
			o.NetBlock = false
		case p.Flag == "--port":
			o.Ports = changePorts(o.Ports, p)
		case allow(&o.Allow, p):
		case p.Drop:
			a.leaveOut(&o, p)
		case p.Flag == "--allow-command":
			o.AllowCommands = append(o.AllowCommands, p.Arg)
		case kind != 0:
			o.Grants = append(o.Grants, policy.Grant{Kind: kind, Path: p.Arg})
		}
	}
	pol, err := policy.ToAsk(o, *a.Host)
	if err != nil {
		return nil
	}
	return pol
}

// changePorts adds a range of ports, or leaves those out that are spelled so.
func changePorts(ports []spec.Port, p query.Part) []spec.Port {
	if p.Drop {
		return slices.DeleteFunc(slices.Clone(ports), func(q spec.Port) bool { return q.Range() == p.Arg })
	}
	if port, ok := spec.ParsePorts(p.Arg); ok {
		port.By = spec.Origin{Source: spec.Flag, Detail: "--port " + p.Arg}
		ports = append(slices.Clone(ports), port)
	}
	return ports
}

// leaveOut takes a deny or a blocked command out of the options.
func (a *Adviser) leaveOut(o *policy.Options, p query.Part) {
	o.BlockCommands = slices.DeleteFunc(o.BlockCommands, func(name string) bool {
		return p.Flag == "--block-command" && name == p.Arg
	})
	o.Grants = slices.DeleteFunc(o.Grants, func(g policy.Grant) bool {
		return g.From == "" && "--"+g.Kind.String() == p.Flag && (g.Path == p.Arg || Denotes(g.Path, p.Arg, a.Host.Dir))
	})
}

// Denotes reports whether a path as given, in the directory dir, is or leads to the
// path of a line.
func Denotes(given, path, dir string) bool {
	if !filepath.IsAbs(given) {
		given = filepath.Join(dir, given)
	}
	if real, err := filepath.EvalSymlinks(given); err == nil && real == path {
		return true
	}
	name := filepath.Clean(given)
	if up, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		name = filepath.Join(up, filepath.Base(name))
	}
	return name == path
}

// protect adds to s what more, the policy of the changes alone, protects and s
// does not. Blocked commands are no part of that: the sandbox may have been
// started with some allowed.
func (a *Adviser) protect(s, more *spec.Spec) *spec.Spec {
	for _, p := range more.Paths {
		known := slices.ContainsFunc(a.Spec.Paths, func(l spec.Path) bool { return l.Kind == p.Kind && l.Path == p.Path })
		if !p.Kind.Grants() && !blocked(&p) && !known {
			s.Paths = append(s.Paths, p)
		}
	}
	return s
}

// undoes lists the denies of the user's own which are not left out, and at or
// beneath which the suggestion gives something back.
func (a *Adviser) undoes(s *query.Suggestion) []string {
	var denies []string
	left := func(d *spec.Path) bool {
		return slices.ContainsFunc(s.Parts, func(p query.Part) bool { return p.Drop && drops(a.Spec, p, d) })
	}
	for _, p := range s.Parts {
		k := kindOf(p.Flag)
		if p.Drop || k == 0 {
			continue
		}
		rights := carve.Granted(k, a.Spec.Rmdir)
		for i := range a.Spec.Paths {
			d := &a.Spec.Paths[i]
			if !userDeny(d) || left(d) || !spec.Within(p.Arg, d.Path) || d.Kind != spec.Deny && rights&carve.Changing == 0 {
				continue
			}
			if text := d.By.String() + " " + fault.Quote(d.Path); !slices.Contains(denies, text) {
				denies = append(denies, text)
			}
		}
	}
	return denies
}
