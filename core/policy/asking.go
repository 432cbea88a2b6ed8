package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/origins"
	"github.com/nono-sandbox/nono/core/spec/span"
	"golang.org/x/sys/unix"
)

// usualAskTimeout is how long an answer is waited for, where nothing is said.
const usualAskTimeout = "30s"

// addAskable adds to the policy's spec what a person may be asked for: everything but
// what is protected, and of that what --ask-protected names.
func addAskable(p *Policy, o Options, h Host) error {
	w := &o.Watch
	switch {
	case !w.Ask && (w.AskWith != "" || len(w.AskProtected) > 0):
		w.Ask = true
	case !w.Ask && w.AskTimeout != "":
		return &fault.Error{Do: "use --ask-timeout", Err: fault.Text("nothing is asked"), Hint: "--ask asks about what would be refused"}
	}
	if !w.Ask {
		return nil
	}
	if w.AskTimeout == "" {
		w.AskTimeout = usualAskTimeout
	}
	if _, problem := span.Parse(w.AskTimeout); problem != "" {
		return &fault.Error{Do: "use --ask-timeout " + fault.Quote(w.AskTimeout), Err: fault.Text(problem)}
	}
	if h.GOOS != "linux" {
		return &fault.Error{Do: "use --ask", Err: fault.Text("that needs a supervisor, which needs Linux")}
	}
	p.Watch.Ask, p.Watch.AskTimeout = true, w.AskTimeout
	whole := spec.Allow
	if p.Spec.Undo || p.Spec.Ephemeral {
		whole = spec.Read // a change by an answer would be neither saved nor kept apart
	}
	most := o
	most.Grants = append(slices.Clone(o.Grants), Grant{Kind: whole, Path: "/"})
	most.Managed = o.Managed.withoutForbiddenGrants()
	all, err := compileOnce(most, h, most.Grants)
	if err != nil {
		return err
	}
	s := p.Spec
	have := map[line]bool{}
	for _, l := range s.Paths {
		have[line{l.Kind, l.Path}] = true
	}
	for _, l := range all.Spec.Paths {
		switch {
		case have[line{l.Kind, l.Path}] || l.Kind.Grants() && !later.MayEnd(l.Kind) || l.Until > 0:
		case l.Kind.Grants() && l.Path == "/":
			l.By = spec.Origin{Source: spec.Flag, Detail: "--ask"}
			s.Askable = append(s.Askable, l)
		case !l.Kind.Grants() && !alreadyGiven(s, &l):
			s.Askable = append(s.Askable, l)
		}
	}
	s.AddTrap(spec.TrapOpens)
	s.AddTrap(spec.TrapNames)
	addAskableHosts(s, o)
	addAskableSockets(s, o)
	if err := addUnasked(s, o, h); err != nil {
		return err
	}
	return addAskProtected(s, w.AskProtected, h)
}

// alreadyGiven reports whether s lets be written what d would keep from it only because
// everything may be asked for: a directory of PATH in a project is kept from changes
// where all of the home is granted, not where the project is.
func alreadyGiven(s *spec.Spec, d *spec.Path) bool {
	return d.Kind == spec.DenyWrite && slices.ContainsFunc(s.Paths, func(g spec.Path) bool {
		return g.Kind.Grants() && g.Kind.Writes() && g.Kind != spec.Device && spec.Within(d.Path, g.Path)
	})
}

// askProgram finds the program of --ask-with and keeps the command from changing it: what
// it answers opens what the command may not. It returns the program's path.
func (c *compiler) askProgram(l *lines) (string, error) {
	name := c.o.AskWith
	if name == "" {
		return "", nil
	}
	fail := func(why string) (string, error) {
		return "", &fault.Error{Do: "ask by --ask-with " + fault.Quote(name), Err: fault.Text(why)}
	}
	path := name
	if !strings.Contains(name, "/") {
		dirs, err := ProgramDirs(*c.h, c.h.Env("PATH"))
		if err != nil {
			return "", err
		}
		if path = FindCommand(name, strings.Join(dirs, ":")); path == "" {
			return fail("no such command where no sandbox could have left it")
		}
	}
	path, err := c.absolute(Grant{Path: path})
	if err != nil {
		return "", err
	}
	at, err := c.res.Resolve(path)
	switch {
	case err != nil:
		return fail(err.Error())
	case !at.Exists:
		return fail("no such file or directory")
	case at.IsDir() || unix.Access(at.Path, unix.X_OK) != nil:
		return fail("it is no program")
	}
	return at.Path, c.deny(l, spec.DenyWrite, path, spec.Origin{Source: spec.Flag, Detail: "--ask-with"})
}

// recordsCategory is the list's name for what nono keeps: the key to its own questions
// is there, so that nothing of it is ever asked for.
const recordsCategory = "records of nono's runs"

// addAskProtected adds grants of protected paths, which the denies of the askable lines
// stand against otherwise.
func addAskProtected(s *spec.Spec, protected []string, h Host) error {
	res := paths.NewResolver()
	for _, path := range protected {
		do := "ask about --ask-protected " + fault.Quote(path)
		if path[0] != '/' {
			path = spec.Join(h.Dir, path)
		}
		at, err := res.Resolve(path)
		if err == nil && !at.Exists {
			err = fault.Text("no such file or directory")
		}
		if err != nil {
			return &fault.Error{Do: do, Err: err}
		}
		for _, d := range slices.Concat(s.Paths, s.Askable) {
			if !d.Kind.Grants() && (origins.Typed(d.By) || ofPolicy(d.By)) && spec.Within(at.Path, d.Path) {
				return &fault.Error{Do: do, Err: fault.Text(d.By.String() + " denies it")}
			}
			if !d.Kind.Grants() && d.By.Detail == recordsCategory && (spec.Within(at.Path, d.Path) || spec.Beneath(d.Path, at.Path)) {
				return &fault.Error{Do: do, Err: fault.Text("the key to nono's own questions is there")}
			}
		}
		kind := spec.AllowFile
		switch {
		case (s.Undo || s.Ephemeral) && at.IsDir():
			kind = spec.Read
		case s.Undo || s.Ephemeral:
			kind = spec.ReadFile
		case at.IsDir():
			kind = spec.Allow
		}
		if by := later.Unasked(s, kind, at.Path); by != nil {
			return PolicyError("ask about --ask-protected", path, "granting it is forbidden by", by.By.Detail)
		}
		s.Askable = append(s.Askable, spec.Path{Kind: kind, Path: at.Path, By: spec.Origin{Source: spec.Flag, Detail: "--ask-protected " + path}})
	}
	return nil
}

// ofPolicy reports whether a line is an administrator's, which nobody here lifts.
func ofPolicy(by spec.Origin) bool {
	return by.Source == spec.Policy || by.Source == spec.BlockedCommand && strings.HasPrefix(by.Detail, "policy ")
}
