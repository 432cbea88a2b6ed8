package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// proxyVariables name a proxy to most programs. Those in capitals are what people set;
// HTTP_PROXY is among them although curl heeds it in small letters alone.
var proxyVariables = [...]string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}

// A Proxy is one that a variable of the environment names.
type Proxy struct {
	Variable string
	Scheme   string // in lower case; "http" where there is none
	// Host has a port only where the variable names one.
	Host spec.Host
}

// Proxies returns the proxies that the command's environment names.
func Proxies(variable func(name string) string) []Proxy {
	var all []Proxy
	for _, name := range proxyVariables {
		if h, scheme, ok := proxyOf(variable(name)); ok {
			all = append(all, Proxy{name, scheme, h})
		}
	}
	return all
}

// AddProxies lets the command connect to the proxies of its environment, beside --host: the
// supervisor holds the hosts that a proxy is asked for. Where a line says already what is
// to be held there, and where the administrator's policy, m, does not allow the proxy,
// nothing is added. m is nil for none.
func AddProxies(s *spec.Spec, m *Managed, variable func(name string) string) {
	if !s.LimitsHosts() {
		return
	}
	for _, p := range Proxies(variable) {
		if p.Scheme != "http" {
			continue
		}
		h := p.Host
		h.Proxy, h.By = true, spec.Origin{Source: spec.Environment, Detail: p.Variable}
		for _, h.Port = range p.Ports() {
			if m != nil && len(m.Hosts) > 0 && !slices.ContainsFunc(m.Hosts, func(floor spec.Host) bool { return reach.Covers(&floor, &h) }) {
				continue
			}
			if line := reach.NamedOrAt(s, h); line == nil || !line.Raw {
				reach.Add(s, []spec.Host{h}, nil)
			}
		}
	}
}

// Passed returns what a command gets of an environment: "" for a variable that is withheld
// from it. pass are the names of those that it gets all the same.
func Passed(variable func(name string) string, pass []string) (func(name string) string, error) {
	list, err := lists.WithheldEnv()
	if err != nil {
		return nil, err
	}
	return func(name string) string {
		value := variable(name)
		if list.Removes(name, value) && !slices.Contains(pass, name) {
			return ""
		}
		return value
	}, nil
}

// proxyOf reads the host and the port of a proxy's URL, without the user and the password
// that may stand there, and the scheme.
func proxyOf(value string) (h spec.Host, scheme string, ok bool) {
	scheme, rest, hasScheme := strings.Cut(value, "://")
	if !hasScheme {
		scheme, rest = "http", value
	}
	scheme = strings.ToLower(scheme)
	rest, _, _ = strings.Cut(rest, "/")
	rest = rest[strings.LastIndex(rest, "@")+1:]
	h, problem := reach.Parse(rest)
	if problem != "" || h.Raw || h.Proxy || h.Name == "" && h.Bits != 128 || strings.HasPrefix(h.Name, "*") {
		return h, scheme, false
	}
	return h, scheme, true
}

// Ports are the ports to which programs connect: where the URL names none, curl(1) takes
// 1080, and others the port of the scheme.
func (p Proxy) Ports() []uint16 {
	switch {
	case p.Host.Port != 0:
		return []uint16{p.Host.Port}
	case p.Scheme == "https":
		return []uint16{443}
	case p.Scheme == "http":
		return []uint16{1080, 80}
	}
	return []uint16{1080}
}
