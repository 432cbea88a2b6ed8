package main

import (
	"io"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// prove refuses a profile that is not as it should be: one that does not read, that
// gives something back which is protected, or that grants a whole home or more. It
// cannot be, by the way in which profiles are made; a mistake there must not get out.
func (l *lesson) prove(made *learn.Profile, g *learn.Ground) error {
	if len(made.Lines) == 0 {
		return nil
	}
	return l.proveText("learned", made.Text("learned", g))
}

func (l *lesson) proveText(name, text string) error {
	r := &cli.Request{}
	if _, err := r.AddProfileText(name, text, cli.NewSet(cli.PolicyFlags...), l.env()); err != nil {
		return unproved(err)
	}
	for _, grant := range r.Grants {
		if grant.From != name || !grant.Kind.Grants() || l.addTo != "" {
			continue
		}
		at, gives := real(grant.Path), carve.Granted(grant.Kind, true)
		switch {
		case at == "/" || l.home != "" && spec.Within(l.home, at):
			return unproved(fault.Text("it grants " + fault.Quote(at)))
		case l.wideOpen.Meant(at)&gives&carve.OfFiles != gives&carve.OfFiles:
			return unproved(fault.Text("it gives back " + fault.Quote(at) + ", which is protected (" + l.why(at) + ")"))
		case !grant.Kind.File() && l.wideOpen.Chain(at)&gives != 0:
			return unproved(fault.Text("it grants " + fault.Quote(at) + ", in which something is protected"))
		}
	}
	if l.commands {
		r.AllowCommands = []string{"all"}
	}
	r.Command, r.NetBlock, r.Hosts, r.Ports = nil, true, nil, nil
	if _, err := policy.Compile(r.Options, l.h); err != nil {
		return unproved(err)
	}
	return nil
}

func unproved(err error) error {
	return &fault.Error{Do: "make a profile of what was seen", Err: err, Hint: "this is a mistake of nono's: please tell its makers the command"}
}

// sayCheck says what the profile lacks, and which of its lines nothing used.
func (l *lesson) sayCheck(seen *learn.Recording, made *learn.Profile, g *learn.Ground) error {
	p, err := cli.LoadProfile(l.check, l.env())
	if err != nil {
		return err
	}
	text, _, err := profile.Own(l.check, l.env())
	if err != nil {
		return err
	}
	lacks := *made
	lacks.Lines = slices.DeleteFunc(slices.Clone(made.Lines), func(line learn.Line) bool {
		return line.Word == "net-block" || includes(text, line) ||
			line.Path == "" && slices.ContainsFunc(p.Lines, func(have profile.Line) bool { return have.Word == line.Word && have.Value == line.Arg })
	})
	var b strings.Builder
	if len(lacks.Lines) == 0 {
		b.WriteString("# " + l.check + " lacks nothing that the command used.\n")
	} else {
		b.WriteString("# " + l.check + " lacks:\n")
	}
	b.WriteString(lacks.Body(g))
	unused := unusedLines(p, seen)
	if len(unused) > 0 {
		b.WriteString("\n# Not used:\n")
	}
	for _, line := range unused {
		b.WriteString("#   " + fault.Plain(describe(line)) + "\n")
	}
	if _, err := io.WriteString(l.p.Out, b.String()); err != nil {
		return &fault.Error{Do: "write", Err: err}
	}
	return nil
}

// unusedLines are the grants of a profile beneath which nothing was used.
func unusedLines(p *profile.Profile, seen *learn.Recording) []profile.Line {
	used := map[string]bool{}
	for _, u := range seen.Uses {
		for path := string(u.Path); path != "/" && !used[path]; path = spec.Parent(path) {
			used[path] = true
		}
	}
	called := map[string]bool{}
	for _, program := range seen.Programs {
		for i, w := range program.Words {
			called[string(w)] = called[string(w)] || i == 0
		}
	}
	return slices.DeleteFunc(slices.Clone(p.Lines), func(line profile.Line) bool {
		switch {
		case line.Word == "allow-command":
			return called[line.Value]
		case line.Word == "host":
			return !seen.HostsKnown || reached(line, seen)
		case strings.HasPrefix(line.Word, "deny"), !strings.HasPrefix(line.Value, "/"):
			return true // says nothing of a path
		}
		return used[line.Value] || used[real(line.Value)]
	})
}

// reached reports whether a host was connected to that a line 'host' grants.
func reached(line profile.Line, seen *learn.Recording) bool {
	return slices.ContainsFunc(hostsOf(&profile.Profile{Lines: []profile.Line{line}}), func(h spec.Host) bool {
		return slices.ContainsFunc(seen.Hosts, func(s learn.Host) bool {
			to, problem := reach.Parse(s.At())
			return s.Refused == "" && problem == "" && reach.Covers(&h, &to)
		})
	})
}
