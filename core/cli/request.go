package cli

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/secret"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/reach"
	"github.com/nono-sandbox/nono/core/spec/span"
)

// Request is what PolicyFlags say.
type Request struct {
	policy.Options
	Profiles []string
	Workdir  string
	AllowCwd bool
	// TrustProject uses the profile that the working directory has of its own, and
	// NoProject does as if there were none.
	TrustProject, NoProject bool
	// ProfileFiles are files to read in place of the profiles of these names.
	ProfileFiles map[string]string
	// Secrets are fetched before the start. No two have one name.
	Secrets []secret.Secret
	// Credentials stay outside. No two have one name.
	Credentials []credential.Request
	Ephemeral   Ephemeral
}

// Bind binds PolicyFlags to the request, but for --port: see BindPorts.
func (r *Request) Bind(s *Set) {
	for _, k := range []spec.Kind{spec.Allow, spec.Read, spec.Write, spec.AllowFile, spec.ReadFile,
		spec.WriteFile, spec.Temp, spec.Device, spec.UnixSocket, spec.Deny, spec.DenyWrite} {
		s.Bind(k.String(), func(arg string) error {
			g := policy.Grant{Kind: k, Path: arg}
			if later.MayEnd(k) {
				if err := cutTime(&g); err != nil {
					return err
				}
			}
			r.Grants = append(r.Grants, g)
			return nil
		})
	}
	s.BindBool("net-block", &r.NetBlock)
	bindHosts(s, "deny-host", "--deny-host", &r.HostDenies, denied)
	bindHosts(s, "listen", "--listen", &r.Listens, reach.ParseListen)
	for i := range spec.SwitchTable {
		if w := &spec.SwitchTable[i]; w.Flag != "" {
			s.BindBool(w.Flag, w.Of(&r.Allow))
		}
	}
	r.bindEphemeral(s)
	bindWatch(&r.Watch, s)
	s.BindList("allow-command", &r.AllowCommands)
	s.BindList("block-command", &r.BlockCommands)
	s.BindList("allow-env", &r.PassEnv)
	s.Bind("secret", r.addSecret)
	s.Bind("credential", r.addCredential)
	s.BindList("profile", &r.Profiles)
	s.BindString("workdir", &r.Workdir)
	s.BindBool("allow-cwd", &r.AllowCwd)
	s.BindBool("trust-project", &r.TrustProject)
	s.BindBool("no-project", &r.NoProject)
}

// cutTime takes the time off a grant's path.
func cutTime(g *policy.Grant) error {
	path, tail := span.Cut(g.Path)
	if tail != "" && tail != ":"+span.Always {
		var problem string
		if g.For, problem = span.Parse(tail[1:]); problem != "" {
			return fault.Text(problem + ", not " + fault.Quote(tail[1:]) + "; a path that ends so is written " + fault.Quote(g.Path+":"+span.Always))
		}
	}
	if g.Path = path; g.For > 0 {
		g.Ends = tail
	}
	return nil
}

// BindHosts binds the flag of this name, --host or what stands for it, to the hosts
// that the command may connect to.
func (r *Request) BindHosts(s *Set, name string) {
	bindHosts(s, name, "--host", &r.Hosts, forTime)
}

// forTime reads a host that is granted, for a time if one stands behind it.
func forTime(text string) (spec.Host, string) {
	name, tail := span.CutHost(text)
	h, problem := reach.Parse(name)
	if problem != "" || tail == "" {
		return h, problem
	}
	seconds, problem := span.Parse(tail[1:])
	if problem != "" {
		return h, problem + ", not " + fault.Quote(tail[1:])
	}
	h.Until = policy.Until(seconds)
	return h, ""
}

// denied reads a host that is denied, which is so however it would be looked at.
func denied(text string) (spec.Host, string) {
	h, problem := reach.Parse(text)
	if problem == "" && h.Raw {
		problem = "/raw says how to allow a host, and not how to deny it"
	}
	return h, problem
}

func bindHosts(s *Set, name, flag string, to *[]spec.Host, parse func(string) (spec.Host, string)) {
	s.Bind(name, func(arg string) error {
		h, problem := parse(arg)
		if problem != "" {
			return fault.Text(problem)
		}
		h.By = spec.Origin{Source: spec.Flag, Detail: flag + " " + reach.Text(h)}
		if _, tail := span.CutHost(arg); h.Until > 0 {
			h.By.Detail += tail
		}
		*to = append(*to, h)
		return nil
	})
}

// BindPorts binds the flag that grants TCP ports, by the name that it has: --port is
// a question to nono-why.
func (r *Request) BindPorts(s *Set, name string) {
	s.Bind(name, func(arg string) error {
		p, ok := spec.ParsePorts(arg)
		if !ok {
			return fault.Text("it must be a port from 1 to 65535, or a range N-M, not " + fault.Quote(arg))
		}
		p.By = spec.Origin{Source: spec.Flag, Detail: "--port " + arg}
		r.Ports = append(r.Ports, p)
		return nil
	})
}

// BindKeepFDs binds --keep-fd.
func (r *Request) BindKeepFDs(s *Set) {
	s.Bind("keep-fd", func(arg string) error {
		fd, err := descriptor(arg)
		if err != nil {
			return err
		}
		r.KeepFDs = append(r.KeepFDs, fd)
		return nil
	})
}

// BindRecord binds --record.
func (r *Request) BindRecord(s *Set) {
	s.Bind("record", func(arg string) (err error) {
		r.Record, err = descriptor(arg)
		return err
	})
}

// descriptor reads the number of a file descriptor above 2.
func descriptor(arg string) (int, error) {
	fd, err := strconv.Atoi(arg)
	if err != nil || fd < 3 || fd > 1<<20 {
		return 0, fault.Text("it must be a descriptor above 2, not " + fault.Quote(arg))
	}
	return fd, nil
}
