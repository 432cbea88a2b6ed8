package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// A lesson is one run to learn from.
type lesson struct {
	*options
	h policy.Host
	p *cli.Printer

	home, dir string // free of symlinks; home is "" where there is none
	failed    bool   // the command
	// wide is the policy that grants everything but what is protected, by its lines.
	wide     *spec.Spec
	wideOpen *byname.Names
	// usual are the profiles that the command is known to want, and own is the one that
	// is for this command.
	usual []string
	own   string
	// passes and reaches are the variables that the profile which is added to or checked
	// passes, and the hosts that it grants.
	passes, reaches []string
}

func (l *lesson) env() profile.Env {
	return profile.Env{GOOS: l.h.GOOS, Getenv: l.h.Env, UID: l.h.UID, Workdir: l.h.Dir}
}

// before looks at what can be known before the run, so that a mistake does not show
// after it.
func (l *lesson) before() error {
	l.dir = real(l.h.Dir)
	if home := l.h.Env("HOME"); filepath.IsAbs(home) {
		if home = real(home); home != "/" {
			l.home = home
		}
	}
	if err := l.namesAreGood(); err != nil {
		return err
	}
	category, err := policy.Blocked(filepath.Base(l.command[0]), l.h.GOOS, &policy.Options{})
	if err != nil {
		return err
	}
	if category != "" && !l.commands {
		return &policy.CommandError{Status: fault.CannotStart, Fault: &fault.Error{Do: "learn from", Path: l.command[0],
			Err: fault.Text("it is a blocked command (" + category + ")"), Hint: "add --commands"}}
	}
	r := &cli.Request{}
	if _, err := r.AddProfiles(cli.NewSet(cli.PolicyFlags...), l.env()); err != nil {
		return err
	}
	r.NetBlock, r.Grants = true, append(r.Grants, policy.Grant{Kind: spec.Allow, Path: "/"})
	r.Allow.Rmdir = true // or no directory could be seen to be removed where that may be
	if l.commands {
		r.AllowCommands = []string{"all"}
	}
	wide, err := policy.Compile(r.Options, l.h)
	if policy.ByPolicy(err) || forbidsLearning(r.Managed, l.h.GOOS) {
		return &fault.Error{Do: "learn", Err: fault.Text("learning needs wide grants for one run, and a policy of this machine forbids them"),
			Hint: "'nono policy show' tells what is forbidden; learn on another machine, or write the profile by hand: nono-profile(5)"}
	}
	if err != nil {
		return err
	}
	l.wide, l.wideOpen = wide.Spec, byname.Of(wide.Spec)
	if l.wideOpen.Meant(l.dir)&carve.List == 0 {
		return &fault.Error{Do: "learn in", Path: l.dir, Err: fault.Text("it is protected (" + l.why(l.dir) + ")"), Hint: "start elsewhere"}
	}
	if err := l.ownProfile(); err != nil {
		return err
	}
	return l.findUsual()
}

// forbidsLearning reports whether a policy forbids a flag that the run to learn from has.
func forbidsLearning(m *policy.Managed, goos string) bool {
	return slices.ContainsFunc([]string{"record", "read", "allow", "inner-sockets", "allow-rmdir", "allow-cwd", "allow-beside-denied"}, func(flag string) bool {
		return m.Forbids(flag, "", goos) != ""
	})
}

// ownProfile has the run go as the profile that is added to or checked would have it: with
// its variables and hosts, and with the directories that it wants to exist, but for what
// is protected.
func (l *lesson) ownProfile() error {
	name := cmp.Or(l.addTo, l.check)
	if name == "" {
		return nil
	}
	if _, found, err := profile.Own(name, l.env()); err != nil || !found {
		return err
	}
	p, err := cli.LoadProfile(name, l.env())
	if err != nil {
		return err
	}
	for _, line := range p.Lines {
		switch line.Word {
		case "allow-env":
			l.passes = append(l.passes, line.Value)
		case "host":
			host, _ := span.CutHost(line.Value)
			l.reaches = append(l.reaches, host)
		}
	}
	for _, n := range p.Create {
		if n.JSON || l.wideOpen.Meant(real(spec.Parent(n.Path)))&carve.Create == 0 || l.wideOpen.Meant(n.Path)&carve.Create == 0 {
			continue
		}
		if err := os.MkdirAll(n.Path, 0o700); err != nil {
			return &fault.Error{Do: "create", Path: n.Path, Err: err}
		}
	}
	return nil
}

// namesAreGood refuses what could not be saved.
func (l *lesson) namesAreGood() error {
	for _, name := range []string{l.output, l.addTo} {
		if name == "" {
			continue
		}
		_, found, err := profile.Own(name, l.env())
		if err != nil {
			return err
		}
		switch {
		case found && name == l.output && !l.force:
			return &fault.Error{Do: "save the profile", Path: name, Err: fault.Text("there is one of that name"),
				Hint: "--force replaces it, --add-to " + name + " adds to it"}
		case !found && profile.IsBuiltin(name) && !l.force:
			return &fault.Error{Do: "save the profile", Path: name, Err: fault.Text("it would hide the built-in of that name"),
				Hint: "choose another name"}
		}
	}
	if l.check != "" {
		_, err := cli.LoadProfile(l.check, l.env())
		return err
	}
	return nil
}

// findUsual finds the profiles that the command itself is known to want. They take part
// in the run: they make the directories that a first start needs, and an agent's own
// settings are protected without its profile.
func (l *lesson) findUsual() error {
	finder, err := l.finder()
	if err != nil {
		return err
	}
	want := finder.Of(l.command, l.dir)
	if l.own = want.Own; l.own != "" {
		l.usual = append(l.usual, l.own)
	}
	for _, w := range want.Flags {
		if w.Flag == "profile" && !slices.Contains(l.usual, w.Arg) && l.usable(w.Arg) {
			l.usual = append(l.usual, w.Arg)
		}
	}
	return nil
}

// usable reports whether a profile is one that may be learned from: it lets no blocked
// command run where those are not to be.
func (l *lesson) usable(name string) bool {
	p, err := cli.LoadProfile(name, l.env())
	return err == nil && (l.commands || !slices.ContainsFunc(p.Lines, func(line profile.Line) bool { return line.Word == "allow-command" }))
}

// flags are nono-run's for the run to learn from.
func (l *lesson) flags() []string {
	flags := []string{"--silent", "--read", "/", "--inner-sockets", "--allow-rmdir", "--allow-cwd", "--allow-beside-denied"}
	places := []string{"/tmp", "/var/tmp", l.h.Env("TMPDIR"), l.home}
	if l.home == "" || !spec.Beneath(l.home, l.dir) && l.dir != "/" {
		places = append(places, l.dir)
	}
	for _, dir := range places {
		// Nothing here may lift a protection: what is protected itself is left out.
		if dir = real(dir); filepath.IsAbs(dir) && dir != "/" && isDir(dir) && l.wideOpen.Meant(dir)&carve.Create != 0 {
			flags = append(flags, "--allow", dir)
		}
	}
	if l.commands {
		flags = append(flags, "--allow-command", "all")
	}
	for _, p := range l.usual {
		flags = append(flags, "--profile", p)
	}
	for _, h := range slices.Concat(l.hosts, l.reaches) {
		flags = append(flags, "--host", h)
	}
	for _, name := range slices.Concat(l.options.variables, l.passes) {
		flags = append(flags, "--allow-env", name)
	}
	return append(append(flags, "--"), l.command...)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// real is path without symlinks, or path where that cannot be told.
func real(path string) string {
	if at, err := filepath.EvalSymlinks(path); err == nil {
		return at
	}
	if path == "" {
		return ""
	}
	return filepath.Clean(path)
}

// why says what protects a path.
func (l *lesson) why(path string) string {
	best := spec.Path{Path: ""}
	for _, p := range l.wide.Paths {
		if !p.Kind.Grants() && spec.Within(path, p.Path) && len(p.Path) >= len(best.Path) {
			best = p
		}
	}
	if best.Path == "" {
		return "protected"
	}
	return best.By.String()
}
