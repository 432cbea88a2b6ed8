package learn

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// network shuts the network where the run did without, and limits it to the hosts that
// were connected to where they are known.
func (m *maker) network(r *Recording) {
	switch {
	case !r.Network:
		if !m.g.Networked {
			m.p.Lines = append(m.p.Lines, Line{Word: "net-block", Why: "no network was used"})
		}
		return
	case !r.HostsKnown || m.g.Networked && len(m.g.Hosts) == 0:
		return // a line 'host' would take the rest of the network away from that profile
	}
	reached := false
	for i := range r.Hosts {
		h := &r.Hosts[i]
		to, problem := reach.Parse(h.At())
		if problem != "" || h.Refused != "" {
			m.unreached(h)
			continue
		}
		reached = true
		m.host(to, "connected to "+times(h.Times))
		if addr, problem := reach.Parse(h.at(h.Private)); problem == "" && h.Private != "" {
			m.host(addr, "a private address, to which "+to.Name+" leads")
		}
	}
	if !reached && !m.g.Networked {
		m.ask(Line{Word: "net-block", Why: "sockets were made and no host was reached: without this line the network is open"})
	}
}

// host makes the line for a host, unless the profile has it.
func (m *maker) host(h spec.Host, why string) {
	l := Line{Word: "host", Arg: reach.Text(h), Why: why}
	if slices.ContainsFunc(m.g.Hosts, func(have spec.Host) bool { return reach.Covers(&have, &h) }) ||
		slices.ContainsFunc(m.p.Lines, func(have Line) bool { return have.Word == l.Word && have.Arg == l.Arg }) {
		return
	}
	m.p.Lines = append(m.p.Lines, l)
}

// unreached lists a host to which no connection was made, and the line that would allow
// it.
func (m *maker) unreached(h *Host) {
	arg, ok := strings.CutPrefix(h.Flag, "--host ")
	if !ok {
		arg = h.At()
	}
	if to, problem := reach.Parse(arg); problem == "" {
		m.ask(Line{Word: "host", Arg: reach.Text(to), Why: strings.ReplaceAll(h.Refused, "_", " ") + ", tried " + times(h.Times)})
	}
}

// At is the host with its port, as a line has it, if that is one.
func (h *Host) At() string { return h.at(string(h.Name)) }

// at is a host at the port of h.
func (h *Host) at(host string) string {
	switch {
	case h.Port == 0:
		return host
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(h.Port))
}
