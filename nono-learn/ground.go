package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/spec/span"
	"github.com/nono-sandbox/nono/core/wants"
)

// caches are directories of a home which tools fill with what they can fetch again.
var caches = []string{".npm", ".cargo/registry", ".cargo/git", "go/pkg/mod", ".m2/repository", ".gradle/caches", ".gradle/wrapper",
	".gradle/native", ".yarn/berry", ".bun/install/cache", ".local/share/pnpm/store", ".ivy2/cache", ".sbt", ".nuget/packages",
	".bundle/cache", ".composer/cache", ".stack", ".cabal/packages", ".deno", ".rustup/toolchains", ".pyenv/versions", ".nvm/versions",
	".sdkman/candidates", ".local/share/uv"}

// ground is what holds here for a profile made of seen.
func (l *lesson) ground(seen *learn.Recording) (*learn.Ground, error) {
	given, env, err := l.given()
	if err != nil {
		return nil, err
	}
	g := &learn.Ground{
		Home: l.home, Workdir: l.dir, UID: strconv.Itoa(l.h.UID), Commands: l.commands,
		Public: []string{real("/tmp"), real("/var/tmp")}, Given: given.names.Kernel,
		Open: l.wideOpen.Meant, Closed: l.wideOpen.Chain, Why: l.why,
		Rmdir: given.spec.Rmdir, Networked: given.networked, Hosts: given.hosts,
		Exists: func(path string) bool { _, err := os.Lstat(path); return err == nil },
	}
	for home := range l.h.Homes() {
		if home = real(home); home != "/" && home != l.home {
			g.Homes = append(g.Homes, home)
		}
	}
	temp := cmp.Or(env("TMPDIR"), "/tmp")
	g.Temp = []string{filepath.Join(real(temp), "nono-"+g.UID)}
	if t := real(temp); t != "/" && !slices.Contains(g.Public, t) {
		g.Public = append(g.Public, t)
	}
	l.variablesOf(g)
	l.cachesOf(g, seen)
	if g.Command, err = l.blocked(seen); err != nil {
		return nil, err
	}
	return g, l.candidates(g, seen)
}

// gift is what is given without any line of the profile to be made.
type gift struct {
	spec      *spec.Spec
	names     *byname.Names
	networked bool
	hosts     []spec.Host // to which the profile limits the network
}

// given compiles what every sandbox of the command has, with the profile that is added
// to or checked.
func (l *lesson) given() (*gift, func(string) string, error) {
	name := cmp.Or(l.addTo, l.check)
	networked := false
	var hosts []spec.Host
	if name != "" {
		p, err := cli.LoadProfile(name, l.env())
		switch {
		case err != nil && l.addTo != "":
			if _, found, e := profile.Own(name, l.env()); e != nil || found {
				return nil, nil, err
			}
			name = "" // it will be made
		case err != nil:
			return nil, nil, err
		default:
			networked = !slices.ContainsFunc(p.Lines, func(line profile.Line) bool { return line.Word == "net-block" })
			hosts = hostsOf(p)
		}
	}
	s, err := l.compile(name, l.command)
	if err != nil {
		return nil, nil, err
	}
	return &gift{s, byname.Of(s), networked, hosts}, l.h.Env, nil
}

// hostsOf are the hosts that the lines of a profile grant.
func hostsOf(p *profile.Profile) []spec.Host {
	var all []spec.Host
	for _, line := range p.Lines {
		if line.Word == "host" {
			name, _ := span.CutHost(line.Value)
			if h, problem := reach.Parse(name); problem == "" {
				all = append(all, h)
			}
		}
	}
	return all
}

// compile makes the spec of a sandbox with one profile, or none.
func (l *lesson) compile(name string, command []string) (*spec.Spec, error) {
	r := &cli.Request{}
	r.Command = command
	if name != "" {
		r.Profiles = []string{name}
	}
	p, err := r.AddProfiles(cli.NewSet(cli.PolicyFlags...), l.env())
	if err != nil {
		return nil, err
	}
	r.NetBlock = true // what is granted besides does not matter here
	r.Hosts, r.Ports = nil, nil
	if l.commands {
		r.AllowCommands = []string{"all"}
	}
	if p.Workdir != 0 && name != "" {
		kind := map[profile.Access]spec.Kind{profile.Read: spec.Read, profile.Write: spec.Write, profile.Read | profile.Write: spec.Allow}[p.Workdir]
		r.Grants = append(r.Grants, policy.Grant{Kind: kind, Path: l.dir, From: name})
	}
	made, err := policy.Compile(r.Options, l.h)
	if err != nil {
		return nil, err
	}
	return made.Spec, nil
}

// variablesOf sets the variables by which paths are spelled, the longest first.
func (l *lesson) variablesOf(g *learn.Ground) {
	for _, d := range lists.XDGDirs() {
		path := l.h.Env(d.Name)
		if !filepath.IsAbs(path) {
			path = filepath.Join(l.home, d.InHome)
		}
		if d.InHome != "" && l.home != "" {
			g.Variables = append(g.Variables, learn.Variable{Name: d.Name, Path: real(path)})
		}
	}
	slices.SortStableFunc(g.Variables, func(a, b learn.Variable) int { return cmp.Compare(len(b.Path), len(a.Path)) })
}

// cachesOf sets the caches: those that are known, and each program's in the place for
// them.
func (l *lesson) cachesOf(g *learn.Ground, seen *learn.Recording) {
	if l.home == "" {
		return
	}
	for _, c := range caches {
		g.Caches = append(g.Caches, l.home+"/"+c)
	}
	for _, v := range g.Variables {
		if v.Name != "XDG_CACHE_HOME" {
			continue
		}
		known := map[string]bool{}
		for _, u := range seen.Uses {
			rest, ok := strings.CutPrefix(string(u.Path), v.Path+"/")
			name, _, deeper := strings.Cut(rest, "/")
			if ok && (deeper || u.Dir || u.Op == learn.Mkdir) && !known[name] {
				known[name] = true
				g.Caches = append(g.Caches, v.Path+"/"+name)
			}
		}
	}
}

// blocked returns what names the blocked command that a file is, by the names under
// which it was called. The command's own profile may let it run.
func (l *lesson) blocked(seen *learn.Recording) (func(string) string, error) {
	o := &policy.Options{}
	if l.own != "" {
		p, err := cli.LoadProfile(l.own, l.env())
		if err != nil {
			return nil, err
		}
		for _, line := range p.Lines {
			if line.Word == "allow-command" {
				o.AllowCommands = append(o.AllowCommands, line.Value)
			}
		}
	}
	names := map[string]string{}
	for _, p := range seen.Programs {
		if len(p.Words) == 0 {
			continue
		}
		name := string(p.Words[0])
		c, err := policy.Blocked(name, l.h.GOOS, o)
		if err != nil {
			return nil, err
		}
		if c != "" {
			names[string(p.File)] = name
		}
	}
	return func(file string) string { return names[file] }, nil
}

// finder reads the lists of what commands want.
func (l *lesson) finder() (*wants.Finder, error) {
	list, err := lists.CommandsWant("", "")
	if err != nil {
		return nil, err
	}
	return &wants.Finder{Lists: list, Read: wants.ReadFile, Scripts: cli.ScriptsOf}, nil
}

// mostCandidates is how many profiles are looked at: each costs a policy.
const mostCandidates = 12

// candidates sets the profiles that the programs which were run are known to want, the
// command's own first.
func (l *lesson) candidates(g *learn.Ground, seen *learn.Recording) error {
	names := slices.Clone(l.usual)
	finder, err := l.finder()
	if err != nil {
		return err
	}
	for _, p := range seen.Programs {
		argv := []string{string(p.File)}
		for i, w := range p.Words {
			if i > 0 {
				argv = append(argv, string(w))
			} else {
				argv[0] = string(w)
			}
		}
		for _, w := range finder.Of(argv, l.dir).Flags {
			if w.Flag == "profile" && !slices.Contains(names, w.Arg) && len(names) < mostCandidates && l.usable(w.Arg) {
				names = append(names, w.Arg)
			}
		}
	}
	for _, name := range names {
		if name == l.check || name == l.addTo || name == l.output {
			continue
		}
		s, err := l.compile(name, nil)
		if err != nil {
			return err
		}
		n := byname.Of(s)
		g.Profiles = append(g.Profiles, learn.Candidate{Name: name, Certain: name == l.own, Rmdir: s.Rmdir,
			Gives: func(path string) carve.Rights { return n.Kernel(path) }})
	}
	return nil
}
