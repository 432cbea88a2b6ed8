package cli

import (
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/project"
	"github.com/nono-sandbox/nono/core/shellquote"
)

// Found is the profile that the working directory has of its own.
type Found struct {
	project.Project
	Store project.Store
	// Used is what of it counts, without a further question: all of what is trusted, and
	// what takes away of a text that was trusted before. It is nil where nothing counts.
	Used *profile.Project
	// Unusable says why the file is none that could be used.
	Unusable error
	// Above is the trusted file of a directory above the working directory, which has
	// none itself. It does not count here.
	Above string
}

// Project looks for the profile of env's working directory, as the request wants.
func (r *Request) Project(env profile.Env) (Found, error) {
	f := Found{Store: project.Trust(env.Getenv, env.UID)}
	switch {
	case r.NoProject && r.TrustProject:
		return f, Misuse("use --trust-project and --no-project", "only one of them makes sense", "")
	case r.NoProject:
		return f, nil
	}
	// A mistake in a policy is none of the project's.
	err := r.readPolicies(env.GOOS)
	if err != nil {
		return f, err
	}
	f.Project, err = project.Look(env.Workdir, f.Store)
	switch f.Standing {
	case project.None:
		if r.TrustProject && err == nil {
			return f, Misuse("use --trust-project", "the working directory has no "+project.Name, "")
		}
		if err == nil {
			f.Above = f.Store.Above(env.Workdir)
		}
		return f, err
	case project.New, project.Changed:
		f.Unusable = err
		if r.TrustProject {
			f.use(f.Text, false)
			return f, err
		}
	}
	switch {
	case f.Standing == project.Trusted:
		f.use(f.Text, false)
	case f.Standing == project.Changed, f.Standing == project.Gone:
		f.use(f.Was, true)
	}
	return f, nil
}

func (f *Found) use(text string, deniesOnly bool) {
	f.Used = &profile.Project{File: f.File, Text: text, DeniesOnly: deniesOnly}
}

// FitsScreen reports whether a person can look over a proposal where something else was
// typed: none of its lines pushes the others away.
func FitsScreen(proposal []string) bool {
	return len(proposal) <= 40 && !slices.ContainsFunc(proposal, func(l string) bool { return len(l) > 240 })
}

// Proposal is what the project's profile would have done, a line each, in words for a
// person: what takes away first, and what gives last, where the question is. It is an
// error where the profile may not be used. It is tried by itself, on a policy of its own.
func (f *Found) Proposal(env profile.Env, h policy.Host) ([]string, error) {
	var r Request
	env.Project = &profile.Project{File: f.File, Text: f.Text}
	p, err := r.AddProfiles(NewSet(PolicyFlags...), env)
	if err != nil {
		return nil, err
	}
	if _, err := policy.ToAsk(r.Options, h); err != nil {
		return nil, err
	}
	var takes, gives []string
	for _, l := range p.Lines {
		text := "  " + l.Word
		if l.Value != "" {
			text += " " + shellquote.Word(l.Value)
		}
		if l.Profile != project.Name {
			text += "  (profile " + l.Profile + ")"
		}
		if profile.Narrows(l.Word) && l.Word != "host" && l.Word != "port" {
			takes = append(takes, text+"\n")
		} else {
			gives = append(gives, text+"\n")
		}
	}
	if p.Workdir != 0 {
		gives = append(gives, "  workdir "+p.Workdir.String()+"  ("+fault.Quote(env.Workdir)+")\n")
	}
	return append(takes, gives...), nil
}
