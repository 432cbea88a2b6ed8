package cli

import (
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
)

// profileWords are the flags that may stand in a profile. Those that name a
// place are expanded there, as a shell does on the command line.
func profileWords() profile.Words {
	words := profile.Words{}
	for _, f := range PolicyFlags {
		// --profile is a directive of its own there: it includes.
		if !f.InProfile || f.Name == "profile" {
			continue
		}
		switch f.Arg {
		case None:
			words[f.Name] = profile.None
		case Dir, File, Path:
			words[f.Name] = profile.Path
			if later.MayEnd(spec.KindOf(f.Name)) {
				words[f.Name] = profile.TimedPath
			}
		default:
			words[f.Name] = profile.Text
		}
	}
	return words
}

// AddProfiles reads the request's profiles and adds what they say: grants and
// lists add up, and a scalar that given, the command line, has is left as it is.
// The policies of the machine's administrator, where there are any, are read
// with them, and what they forbid is refused.
// What the profiles want of the working directory, and directories they want
// made, it returns. The request's Workdir should be resolved before.
func (r *Request) AddProfiles(given *Set, env profile.Env) (*profile.Profile, error) {
	return r.load(given, env, func(env profile.Env) (*profile.Profile, error) {
		return profile.Load(r.Profiles, profileWords(), env)
	})
}

// AddProfileText is AddProfiles for the text of a profile that lies in no file.
func (r *Request) AddProfileText(name, text string, given *Set, env profile.Env) (*profile.Profile, error) {
	return r.load(given, env, func(env profile.Env) (*profile.Profile, error) {
		return profile.LoadText(name, text, profileWords(), env)
	})
}

// load reads the policies and then profiles, and adds what they say.
func (r *Request) load(given *Set, env profile.Env, read func(profile.Env) (*profile.Profile, error)) (*profile.Profile, error) {
	// First of all: nothing that is read later may do without them.
	if err := r.readPolicies(env.GOOS); err != nil {
		return nil, err
	}
	if r.Managed != nil && r.Managed.Signed != "" {
		env.Verify = signedFor(r.Managed.Signed)
	}
	p, err := read(env)
	if err != nil {
		return nil, err
	}
	return p, r.add(p, given, env.GOOS)
}

// add adds what p says to the request, and refuses what a policy forbids.
func (r *Request) add(p *profile.Profile, given *Set, goos string) error {
	var said Request
	set := NewSet(PolicyFlags...)
	said.Bind(set)
	said.BindHosts(set, "host")
	said.BindPorts(set, "port")
	for _, l := range p.Lines {
		n, ports, secrets := len(said.Grants), len(said.Ports), len(said.Secrets)
		hosts := [...]int{len(said.Hosts), len(said.HostDenies), len(said.Listens)}
		value := l.Value
		if value == "" {
			value = "true"
		}
		clear(set.given) // repeating oneself is no mistake over several files
		if err := set.fs.Set(l.Word, value); err != nil {
			return badLine(l, err)
		}
		for i := range said.Grants[n:] {
			said.Grants[n+i].From, said.Grants[n+i].Moved, said.Grants[n+i].Project = l.Profile, l.Moved, l.Project
		}
		for i, all := range [...][]spec.Host{said.Hosts, said.HostDenies, said.Listens} {
			for k := hosts[i]; k < len(all); k++ {
				all[k].By = spec.Origin{Source: spec.Profile, Detail: l.Profile}
			}
		}
		for i := range said.Secrets[secrets:] {
			said.Secrets[secrets+i].From = l.Profile
		}
		for i := range said.Ports[ports:] {
			said.Ports[ports+i].By = spec.Origin{Source: spec.Profile, Detail: l.Profile}
		}
	}
	r.Grants = append(r.Grants, said.Grants...)
	r.AllowCommands = append(r.AllowCommands, said.AllowCommands...)
	r.BlockCommands = append(r.BlockCommands, said.BlockCommands...)
	r.PassEnv = append(r.PassEnv, said.PassEnv...)
	r.Hosts = append(r.Hosts, said.Hosts...)
	r.HostDenies = append(r.HostDenies, said.HostDenies...)
	r.Listens = append(r.Listens, said.Listens...)
	r.addSecrets(said.Secrets)
	r.addCredentials(said.Credentials)
	if !given.Given("net-block") {
		r.NetBlock = said.NetBlock
		r.Ports = append(r.Ports, said.Ports...) // else no network means none
	}
	for i := range spec.SwitchTable {
		if w := &spec.SwitchTable[i]; w.Flag != "" && !given.Given(w.Flag) {
			*w.Of(&r.Allow) = *w.Of(&said.Allow)
		}
	}
	addWatch(&r.Watch, &said.Watch, given)
	for _, n := range p.Create {
		r.Create = append(r.Create, n.Path)
	}
	return r.keepTo(given, p, goos)
}

// AddAgreed is AddProfiles for a question about a policy: the working directory is
// granted as the profiles want it, as if the user had agreed.
func (r *Request) AddAgreed(given *Set, h policy.Host) error {
	dir := h.Dir
	if r.Workdir != "" {
		dir = r.Workdir
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(h.Dir, dir)
		}
	}
	env := profile.Env{GOOS: h.GOOS, Getenv: h.Env, UID: h.UID, Workdir: filepath.Clean(dir), Files: r.ProfileFiles}
	found, err := r.Project(env)
	if err != nil {
		return err
	}
	env.Project = found.Used
	want, err := r.AddProfiles(given, env)
	if err == nil && want.Workdir == 0 && r.AllowCwd && len(want.Names) == 0 {
		want = &profile.Profile{Workdir: profile.Read} // as nono-run takes the flag alone
	}
	if err != nil || want.Workdir == 0 {
		return err
	}
	kind := map[profile.Access]spec.Kind{
		profile.Read: spec.Read, profile.Write: spec.Write, profile.Read | profile.Write: spec.Allow,
	}[want.Workdir]
	r.Grants = append(r.Grants, policy.Grant{Kind: kind, Path: dir, From: want.WorkdirBy, Shared: true})
	return nil
}

// badLine says where in which profile an argument is wrong.
func badLine(l profile.Line, err error) error {
	f := &fault.Error{Do: "use profile " + fault.Quote(l.Profile) + ": " + l.Pos, Err: err}
	if m, ok := err.(*mistake); ok {
		f.Hint = m.hint
	}
	return f
}

// LoadProfile reads one profile, with what it includes, and adds it to nothing.
func LoadProfile(name string, env profile.Env) (*profile.Profile, error) {
	return profile.Load([]string{name}, profileWords(), env)
}
