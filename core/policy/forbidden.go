package policy

import (
	"slices"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Forbids returns the policy that forbids a flag with this value, on the system goos,
// or "". The flag has no dashes. Paths are looked at where they are resolved.
func (m *Managed) Forbids(flag, value, goos string) string {
	if m == nil {
		return ""
	}
	for _, f := range m.Forbidden {
		if f.breaks(flag, value, goos) {
			return f.Policy
		}
	}
	return ""
}

// breaks reports whether a flag with this value is what f forbids.
func (f *Forbidden) breaks(flag, value, goos string) bool {
	switch {
	case flag != f.Flag:
		return false
	case f.Value == "", f.Value == value:
		return true
	case flag != "allow-command" || f.Value == "all":
		return false
	}
	list, err := lists.Commands(goos)
	of := func(what string, c lists.Command) bool { return what == "all" || what == c.Category || what == c.Name }
	return err != nil || slices.ContainsFunc(list, func(c lists.Command) bool { return of(f.Value, c) && of(value, c) })
}

// withoutForbiddenGrants is m but for the grants that it forbids.
func (m *Managed) withoutForbiddenGrants() *Managed {
	if m == nil {
		return nil
	}
	left := *m
	left.Forbidden = slices.DeleteFunc(slices.Clone(m.Forbidden), func(f Forbidden) bool { k := spec.KindOf(f.Flag); return k != 0 && k.Grants() })
	return &left
}

// forbidden refuses the grants that f, which is about a path, forbids: one of them, or
// several of them together. Rights add up, so what the system's list gives there counts
// too.
func (c *compiler) forbidden(f Forbidden, homes []home) error {
	k := spec.KindOf(f.Flag)
	if f.Value == "" || k == 0 || !k.Grants() {
		return nil // the flag itself is looked for where flags are known
	}
	if k == spec.UnixSocket && c.o.Allow.UnixSockets {
		return PolicyError("use --allow-unix-sockets", "", f.text()+" is forbidden by", f.Policy)
	}
	for _, path := range everywhere(f.Value, homes) {
		at, err := c.res.Resolve(path)
		if err != nil && err != unix.EACCES {
			continue
		}
		last, alone, err := c.completes(carve.Granted(k, false), at.Path)
		if err != nil {
			return err
		}
		switch {
		case last == nil:
		case alone:
			return PolicyError("grant "+flagOf(last.Kind), last.Path, f.text()+" is forbidden by", f.Policy)
		default:
			return PolicyError("grant "+flagOf(last.Kind), last.Path, "together with other grants it gives "+f.text()+", which is forbidden by", f.Policy)
		}
	}
	return nil
}

// text is f as the flag would be typed.
func (f *Forbidden) text() string { return "--" + f.Flag + " " + fault.Quote(f.Value) }

// completes returns the grant with which all of want is given at a path, there or above
// it, or nil, and whether this grant alone gives all of it.
func (c *compiler) completes(want carve.Rights, at string) (last *Grant, alone bool, err error) {
	var have carve.Rights
	for i := range c.o.Grants {
		g := &c.o.Grants[i]
		gives, err := c.givesAt(g, at)
		switch gives &= want; {
		case err != nil:
			return nil, false, err
		case gives == want:
			return g, true, nil
		case gives != 0 && have&want != want:
			have, last = have|gives, g
		}
	}
	if last == nil || have == want {
		return last, false, nil
	}
	if system, err := c.systemGives(at); err != nil || (have|system)&want != want {
		return nil, false, err
	}
	return last, false, nil
}

// givesAt returns what a grant gives at a path, or nothing if the path is not beneath it.
func (c *compiler) givesAt(g *Grant, at string) (carve.Rights, error) {
	if !g.Kind.Grants() {
		return 0, nil
	}
	typed, err := c.absolute(*g)
	if err != nil {
		return 0, err
	}
	if to, err := c.res.Resolve(typed); err != nil || !spec.Within(at, to.Path) {
		return 0, nil // one that cannot be resolved gives nothing, which is told elsewhere
	}
	return carve.Granted(g.Kind, c.o.Allow.Rmdir), nil
}

// systemGives returns what the system's list gives at a path.
func (c *compiler) systemGives(at string) (have carve.Rights, err error) {
	list, err := lists.System(c.h.GOOS)
	for _, s := range list {
		if spec.Within(at, s.Path) {
			have |= carve.Granted(s.Kind, c.o.Allow.Rmdir)
		}
	}
	return have, err
}

// unaskedKinds returns the kinds that an answer may not grant at a path or above it, so
// that no answers together, with what is granted there already, give all of want.
func (c *compiler) unaskedKinds(want carve.Rights, at string) (kinds []spec.Kind, err error) {
	have, err := c.systemGives(at)
	if err != nil {
		return nil, err
	}
	for i := range c.o.Grants {
		gives, err := c.givesAt(&c.o.Grants[i], at)
		if err != nil {
			return nil, err
		}
		have |= gives
	}
	for _, k := range [...]spec.Kind{spec.Read, spec.Write, spec.Allow, spec.ReadFile, spec.WriteFile, spec.AllowFile} {
		switch gives := carve.Granted(k, c.o.Allow.Rmdir); {
		case gives&want == 0:
		case (have|gives)&want == want:
			kinds = append(kinds, k)
		default:
			have |= gives
		}
	}
	return kinds, nil
}
