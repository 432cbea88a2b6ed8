package main

import (
	"strings"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// proxies tells what a proxy of the environment means beside --host: programs connect to
// it and to nothing else.
func (l *launch) proxies(p *cli.Printer) {
	if !l.policy.Spec.LimitsHosts() {
		return
	}
	told := map[string]bool{}
	for _, named := range policy.Proxies(l.variable) {
		name, proxy := named.Variable, named.Host
		if proxy.Port = named.Ports()[0]; told[reach.Text(proxy)] {
			continue
		}
		told[reach.Text(proxy)] = true
		what := "programs connect to the proxy " + fault.Quote(reach.Text(proxy)) + " (" + name + "), "
		line := reach.NamedOrAt(l.policy.Spec, proxy)
		switch {
		case line != nil && line.Proxy:
			continue // --verbose lists it
		case line != nil:
			p.Notice(what + "which decides in place of --host which hosts are reached")
		case named.Scheme != "http":
			p.Notice(what + "which is none whose requests nono can read, so that no connection to it is allowed: they fail (env -u " + name +
				" nono run … leaves it out; with --host " + reach.Text(proxy) + "/raw the proxy decides which hosts are reached)")
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
