package main

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// proxyVariables name a proxy to most programs. Those in capitals are what people set;
// HTTP_PROXY is among them although curl heeds it in small letters alone.
var proxyVariables = [...]string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}

// addProxies lets the command connect to the proxies of its environment, beside --host: the
// supervisor holds the hosts that a proxy is asked for. Where a line says already what is
// to be held there, and where the administrator's policy does not allow the proxy, nothing
// is added.
func (l *launch) addProxies() {
	s := l.policy.Spec
	if !s.LimitsHosts() {
		return
	}
	for _, name := range proxyVariables {
		h, scheme, ok := proxyOf(l.variable(name))
		if !ok || scheme != "http" {
			continue
		}
		h.Proxy, h.By = true, spec.Origin{Source: spec.Environment, Detail: name}
		for _, h.Port = range proxyPorts(h, scheme) {
			if l.managed != nil && len(l.managed.Hosts) > 0 && !slices.ContainsFunc(l.managed.Hosts, func(floor spec.Host) bool { return floor.Covers(h) }) {
				continue
			}
			if line := s.HostNamedOrAt(h); line == nil || !line.Raw {
				s.AddHosts([]spec.Host{h}, nil)
			}
		}
	}
}

// proxies tells what a proxy of the environment means beside --host: programs connect to
// it and to nothing else.
func (l *launch) proxies(p *cli.Printer) {
	if !l.policy.Spec.LimitsHosts() {
		return
	}
	told := map[string]bool{}
	for _, name := range proxyVariables {
		proxy, scheme, ok := proxyOf(l.variable(name))
		proxy.Port = proxyPorts(proxy, scheme)[0]
		if !ok || told[proxy.String()] {
			continue
		}
		told[proxy.String()] = true
		what := "programs connect to the proxy " + fault.Quote(proxy.String()) + " (" + name + "), "
		line := l.policy.Spec.HostNamedOrAt(proxy)
		switch {
		case line != nil && line.Proxy:
			continue // --verbose lists it
		case line != nil:
			p.Notice(what + "which decides in place of --host which hosts are reached")
		case scheme != "http":
			p.Notice(what + "which is none whose requests nono can read, so that no connection to it is allowed: they fail (env -u " + name +
				" nono run … leaves it out; with --host " + proxy.String() + "/raw the proxy decides which hosts are reached)")
		default:
			p.Notice(what + "which is not allowed: they fail (env -u " + name + " nono run … leaves it out)")
		}
	}
}

// variable is a variable of the command's environment, from which credentials are gone.
func (l *launch) variable(name string) string {
	for _, v := range l.env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
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
	h, problem := spec.ParseHost(rest)
	if problem != "" || h.Raw || h.Proxy || h.Name == "" && h.Bits != 128 || strings.HasPrefix(h.Name, "*") {
		return h, scheme, false
	}
	return h, scheme, true
}

// proxyPorts are the ports to which programs connect: where the URL names none, curl(1) takes
// 1080, and others the port of the scheme.
func proxyPorts(h spec.Host, scheme string) []uint16 {
	switch {
	case h.Port != 0:
		return []uint16{h.Port}
	case scheme == "https":
		return []uint16{443}
	case scheme == "http":
		return []uint16{1080, 80}
	}
	return []uint16{1080}
}
