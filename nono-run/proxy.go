package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// proxyVariables name a proxy to most programs. Those in capitals are what people set;
// HTTP_PROXY is among them although curl heeds it in small letters alone.
var proxyVariables = [...]string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}

// proxies tells what a proxy of the environment means beside --host: programs connect to
// it and to nothing else, and which hosts it leads to nono does not see.
func (l *launch) proxies(p *cli.Printer) {
	if !l.policy.Spec.LimitsHosts() {
		return
	}
	told := map[string]bool{}
	for _, name := range proxyVariables {
		proxy, ok := proxyOf(l.variable(name))
		if !ok || told[proxy.String()] {
			continue
		}
		told[proxy.String()] = true
		asked := proxy
		asked.Port = 0
		v := query.Network(l.policy.Spec, 0, asked.String(), int(proxy.Port), "tcp")
		if v.Status == query.Allowed {
			p.Notice("programs connect to the proxy " + fault.Quote(proxy.String()) + " (" + name + "), which decides in place of --host which hosts are reached")
			continue
		}
		p.Notice("programs connect to the proxy " + fault.Quote(proxy.String()) + " (" + name + "), which no --host allows: they fail (env -u " + name +
			" nono run … leaves it out; with --host " + proxy.String() + " the proxy decides which hosts are reached)")
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
// that may stand there.
func proxyOf(value string) (spec.Host, bool) {
	scheme, rest, hasScheme := strings.Cut(value, "://")
	if !hasScheme {
		scheme, rest = "http", value
	}
	rest, _, _ = strings.Cut(rest, "/")
	rest = rest[strings.LastIndex(rest, "@")+1:]
	h, problem := spec.ParseHost(rest)
	if problem != "" || h.Raw || h.Name == "" && h.Bits != 128 {
		return h, false
	}
	if h.Port == 0 {
		h.Port = usualPort(scheme)
	}
	return h, true
}

// usualPort is the port of a proxy whose URL names none, as curl(1) has them.
func usualPort(scheme string) uint16 {
	if scheme == "https" {
		return 443
	}
	return 1080
}
