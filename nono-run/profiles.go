package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
)

func (o *options) profileEnv(h policy.Host) profile.Env {
	return profile.Env{GOOS: h.GOOS, Getenv: h.Env, UID: h.UID, Workdir: o.workdir(h)}
}

// useProfiles adds what the profiles say to the request, and the working
// directory if the user agrees.
func (o *options) useProfiles(set *cli.Set, h policy.Host, p *cli.Printer) error {
	if o.showProfile != "" {
		o.Profiles = append(o.Profiles, o.showProfile)
	}
	env := o.profileEnv(h)
	var err error
	if env.Project, err = o.project(h, p); err != nil {
		return err
	}
	prof, err := o.AddProfiles(set, env)
	if err != nil {
		return err
	}
	o.profile = prof
	o.directives(prof, p)
	return o.shareWorkdir(prof, h, p)
}

// refuseProtected stops where the working directory that a profile shares is
// itself protected: a yes to the question was not meant to lift that.
func (o *options) refuseProtected(pol *policy.Policy) error {
	for _, l := range pol.Lifted {
		if o.shared != "" && l.Path == o.shared {
			return &fault.Error{Do: "share the working directory", Path: o.shared, Err: fault.Text("it is protected (" + l.By.String() + ")"),
				Hint: "start elsewhere, or lift the protection: --allow " + fault.Quote(o.shared)}
		}
	}
	return nil
}

// create makes what a profile wants to exist, as far as the policy grants it.
// What an agent keeps there is for its user alone.
func (l *launch) create() error {
	if l.profile == nil {
		return nil
	}
	for _, n := range l.profile.Create {
		if !slices.Contains(l.policy.Create, n.Path) {
			continue
		}
		if err := makeNew(n); err != nil {
			return &fault.Error{Do: "create", Path: n.Path, Err: err}
		}
	}
	return nil
}

func makeNew(n profile.New) error {
	if !n.JSON {
		return os.MkdirAll(n.Path, 0o700)
	}
	if err := os.MkdirAll(filepath.Dir(n.Path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(n.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString("{}\n")
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// list writes the profiles, a line each.
func (o *options) list(out io.Writer, h policy.Host) error {
	all, err := profile.List(o.profileEnv(h))
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range all {
		about := e.About
		switch {
		case e.Site && e.Hides:
			about = "the site's, hides another: " + fault.Quote(e.File)
		case e.Site:
			about = "the site's: " + fault.Quote(e.File)
		case e.Hides:
			about = "your own, hides the built-in: " + fault.Quote(e.File)
		case e.File != "":
			about = "your own: " + fault.Quote(e.File)
		}
		b.WriteString(e.Name + strings.Repeat(" ", max(1, 16-len(e.Name))) + about + "\n")
	}
	return say(out, b.String())
}

// profileSummary tells of the profiles what is not in the spec.
func (l *launch) profileSummary() string {
	p := l.profile
	if p == nil || len(p.Names) == 0 {
		return ""
	}
	text := "profiles: " + strings.Join(p.Names, ", ") + "\n"
	if p.Workdir != 0 {
		text += "working directory wanted: " + p.Workdir.String() + "\n"
	}
	var commands, env []string
	for _, line := range p.Lines {
		switch line.Word {
		case "allow-command":
			commands = append(commands, line.Value)
		case "allow-env":
			env = append(env, line.Value)
		}
	}
	if len(commands) > 0 {
		text += "blocked commands lifted: " + strings.Join(commands, ", ") + "\n"
	}
	if len(env) > 0 {
		text += "environment passed: " + strings.Join(env, ", ") + "\n"
	}
	for _, v := range p.SetEnv {
		text += "set where the environment has none: " + v.Name + "=" + v.Value + "\n"
	}
	for _, d := range l.policy.Create {
		text += "created at the start: " + fault.Quote(d) + "\n"
	}
	return text
}
