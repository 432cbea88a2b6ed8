package main

import (
	"path/filepath"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
)

// shareWorkdir grants the working directory as the profiles want it, if the
// user agrees: asked once on a terminal, or before by --allow-cwd. It is no
// error if it is not shared; what is not shared is shut.
func (o *options) shareWorkdir(want *profile.Profile, h policy.Host, p *cli.Printer) error {
	if want.Workdir == 0 && o.AllowCwd && len(want.Names) == 0 {
		// With no profile to say how, the flag alone lets it be read.
		want = &profile.Profile{Workdir: profile.Read}
	}
	if want.Workdir == 0 {
		if o.AllowCwd {
			p.Notice("--allow-cwd has no effect: no profile wants the working directory")
		}
		return nil
	}
	dir, err := filepath.EvalSymlinks(o.workdir(h))
	if err != nil {
		return &fault.Error{Do: "share the working directory", Path: o.workdir(h), Err: err}
	}
	if o.covers(dir, want.Workdir, h) {
		return nil
	}
	if why := policy.TooMuch(dir, h); why != "" {
		p.Notice("the working directory is not shared: " + fault.Quote(dir) + " is " + why + " (--allow " + fault.Quote(dir) + " shares it all the same)")
		return nil
	}
	// What the project's own profile wants, the user has agreed to with the rest of it.
	if !o.AllowCwd && want.Workdir&^want.WorkdirProject != 0 {
		yes, err := o.ask(dir, want, p)
		if err != nil || !yes {
			return err
		}
	}
	kind := map[profile.Access]spec.Kind{
		profile.Read: spec.Read, profile.Write: spec.Write, profile.Read | profile.Write: spec.Allow,
	}[want.Workdir]
	if want.WorkdirBy != "" {
		o.shared = dir
	}
	o.Grants = append(o.Grants, policy.Grant{Kind: kind, Path: dir, From: want.WorkdirBy, Shared: true})
	return nil
}

// workdir is the directory in which the command will start.
func (o *options) workdir(h policy.Host) string {
	switch {
	case o.Workdir == "":
		return h.Dir
	case filepath.IsAbs(o.Workdir):
		return filepath.Clean(o.Workdir)
	}
	return filepath.Join(h.Dir, o.Workdir)
}

// covers reports whether the grants so far give dir as it is wanted.
func (o *options) covers(dir string, want profile.Access, h policy.Host) bool {
	var have profile.Access
	for _, g := range o.Grants {
		path := g.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(h.Dir, path)
		}
		path, err := filepath.EvalSymlinks(path)
		if err != nil || path != dir && !spec.Beneath(dir, path) {
			continue
		}
		switch g.Kind {
		case spec.Allow, spec.Temp:
			have |= profile.Read | profile.Write
		case spec.Read:
			have |= profile.Read
		case spec.Write:
			have |= profile.Write
		}
	}
	return have&want == want
}

// ask asks on the terminal, if there is one. Where nothing is started, nothing
// is asked.
func (o *options) ask(dir string, want *profile.Profile, p *cli.Printer) (bool, error) {
	does := map[profile.Access]string{
		profile.Read: "read", profile.Write: "write to", profile.Read | profile.Write: "read and write",
	}[want.Workdir]
	if o.dryRun || o.printSpec || o.showProfile != "" {
		p.Notice("a start would ask whether the command may " + does + " the working directory " + fault.Quote(dir) + " (--allow-cwd answers yes)")
		return false, nil
	}
	yes, err := cli.Confirm("nono: profile "+want.WorkdirBy+" wants to "+does+" "+fault.Quote(dir)+". Share it?", "--allow-cwd")
	switch {
	case err == cli.ErrNoTerminal:
		p.Notice("the working directory is not shared: there is no terminal to ask on (--allow-cwd shares " + fault.Quote(dir) + ")")
		return false, nil
	case yes || err != nil:
		return yes, err
	}
	p.Notice("the working directory is not shared: " + fault.Quote(dir) + " (--allow-cwd shares it)")
	return false, nil
}
