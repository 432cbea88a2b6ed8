package learn

import (
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec/reach"
)

// Hosts become lines where all of them are known, and nothing else opens the network.
func TestHosts(t *testing.T) {
	host := func(name string, port uint16) Host { return Host{Name: Text(name), Port: port, Times: 2} }
	refused := Host{Name: "odd.example", Port: 443, Refused: "names_no_host", Flag: "--host odd.example:443/raw", Times: 1}
	shut := Host{Name: "169.254.169.254", Port: 80, Refused: "host_denied", Flag: "leave out --deny-host 169.254.0.0/16", Times: 1}
	private := Host{Name: "git.corp.example", Port: 443, Private: "10.1.2.3", Times: 1}
	for name, c := range map[string]struct {
		seen         Recording
		profile      []string // lines 'host' of a profile that is added to
		networked    bool
		given, asked []string
	}{
		"nothing":          {seen: Recording{HostsKnown: true}, given: []string{"net-block"}},
		"not known":        {seen: Recording{Network: true, Hosts: []Host{host("a.example", 443)}}},
		"hosts":            {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{host("a.example", 443), host("192.0.2.1", 80), host("2001:db8::1", 80)}}, given: []string{"host a.example:443", "host 192.0.2.1:80", `host "[2001:db8::1]:80"`}},
		"none reached":     {seen: Recording{Network: true, HostsKnown: true}, asked: []string{"net-block"}},
		"refused":          {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{refused, shut}}, asked: []string{"host odd.example:443/raw", "host 169.254.169.254:80", "net-block"}},
		"private":          {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{private}}, given: []string{"host git.corp.example:443", "host 10.1.2.3:443"}},
		"an open profile":  {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{host("a.example", 443)}}, networked: true},
		"a profile's own":  {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{host("a.b.example", 443), host("c.example", 80)}}, networked: true, profile: []string{"*.b.example"}, given: []string{"host c.example:80"}},
		"no name of hosts": {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{host("a\nallow /", 443), host("a b", 80), host("*", 1), host("", 0)}}, asked: []string{"net-block"}},
		"twice":            {seen: Recording{Network: true, HostsKnown: true, Hosts: []Host{private, {Name: "x.corp.example", Port: 443, Private: "10.1.2.3", Times: 1}}}, given: []string{"host git.corp.example:443", "host 10.1.2.3:443", "host x.corp.example:443"}},
	} {
		g := ground()
		g.Networked = c.networked
		for _, text := range c.profile {
			h, _ := reach.Parse(text)
			g.Hosts = append(g.Hosts, h)
		}
		p := Make(&c.seen, g)
		given, _ := lines(p, g)
		var asked []string
		for _, l := range p.Asked {
			asked = append(asked, l.spelled(g))
		}
		if !slices.Equal(given, c.given) || !slices.Equal(asked, c.asked) {
			t.Errorf("%s: %q, not granted %q, want %q and %q", name, given, asked, c.given, c.asked)
		}
	}
	many := Recording{Network: true, HostsKnown: true}
	for range 300 {
		many.Hosts = append(many.Hosts, host(strings.Repeat("x", 1+len(many.Hosts)%60)+".example", uint16(1+len(many.Hosts))))
	}
	if p := Make(&many, ground()); len(p.Lines) > Most || len(p.Asked) > mostAsked+1 {
		t.Errorf("%d lines, %d not granted", len(p.Lines), len(p.Asked))
	}
}
