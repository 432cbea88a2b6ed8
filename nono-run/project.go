package main

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/project"
)

// project finds the profile that the working directory has of its own, and what of it
// counts. What the user has not seen is offered on a terminal, and never taken.
func (o *options) project(h policy.Host, p *cli.Printer) (*profile.Project, error) {
	env := o.profileEnv(h)
	f, err := o.Project(env)
	if err != nil {
		return nil, err
	}
	if o.TrustProject {
		return f.Used, nil
	}
	kept := ""
	if f.Standing == project.Changed || f.Standing == project.Gone {
		kept = "; what the trusted one denies stays denied (nono policy untrust " + fault.Quote(f.File) + " ends that)"
	}
	switch {
	case f.Above != "":
		p.Notice("the profile " + fault.Quote(f.Above) + ", which you trust, is used only in its own directory (--workdir " + fault.Quote(filepath.Dir(f.Above)) + " starts there; --no-project says nothing)")
	case f.Standing == project.Gone:
		p.Notice("the trusted profile " + fault.Quote(f.File) + " is gone" + kept)
	case f.Standing == project.None || f.Standing == project.Trusted:
	case f.Unusable != nil:
		unused(p, "the project's profile is not used: ", f.Unusable, kept)
	default:
		yes, err := o.offer(&f, env, h, p, kept)
		if err != nil {
			return nil, err
		}
		if yes {
			return &profile.Project{File: f.File, Text: f.Text}, f.Store.Add(f.Project)
		}
	}
	return f.Used, nil
}

// offer shows on the terminal what a profile would have done, and asks for it.
func (o *options) offer(f *cli.Found, env profile.Env, h policy.Host, p *cli.Printer, kept string) (bool, error) {
	news := "the project's profile " + fault.Quote(f.File)
	if f.Standing == project.Changed {
		news += ", which has changed since you trusted it,"
	}
	look := " (nono policy trust " + fault.Quote(f.File) + " shows and trusts it)"
	lines, err := f.Proposal(env, h)
	switch {
	case err != nil:
		unused(p, news+" is not used: ", err, kept)
		return false, nil
	case !cli.FitsScreen(lines):
		p.Notice(news + " is not used: it is too long to be looked over here" + look + kept)
		return false, nil
	case o.dryRun || o.printSpec || o.showProfile != "":
		p.Notice(news + " is not used: a start would ask about it" + look + kept)
		return false, nil
	}
	yes, err := cli.Confirm("nono: "+news+" wants:\n"+strings.Join(lines, "")+"nono: Use it, and trust this text from now on?", "--trust-project")
	switch {
	case err == cli.ErrNoTerminal:
		p.Notice(news + " is not used: there is no terminal to ask on" + look + kept)
		return false, nil
	case yes || err != nil:
		return yes, err
	}
	p.Notice(news + " is not used (--no-project does not ask)" + kept)
	return false, nil
}

// unused says why a profile is not used, and what mends it.
func unused(p *cli.Printer, news string, err error, kept string) {
	p.Notice(news + err.Error() + kept)
	if hint := fault.HintOf(err); hint != "" {
		p.Hint(hint)
	}
}
