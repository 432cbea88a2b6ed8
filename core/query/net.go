package query

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/kernel/clock"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/later"
	"github.com/nono-sandbox/nono/core/spec/reach"
)

// Network tells whether s allows a connection to host and port. protocol is "tcp" or "udp".
// Port 0 means any port. host matters only if the spec has lines 'host'.
func Network(s *spec.Spec, abi int, host string, port int, protocol string) Verdict {
	v := Verdict{Host: host, Port: port, Protocol: protocol, Status: Allowed, Reason: NetworkDefault}
	if s.Net {
		return v
	}
	v.Status, v.Reason, v.EnforcedBy, v.Errno = Denied, NetworkBlocked, "seccomp", "EPERM"
	if protocol == "tcp" && abi >= kernel.ABINet || protocol == "udp" && abi >= kernel.ABIUDP {
		v.EnforcedBy = "Landlock and seccomp"
	}
	switch {
	case s.LimitsHosts():
		return byHosts(s, v)
	case len(s.Ports) > 0:
		return byPorts(s, v)
	}
	v.Suggestion = &Suggestion{[]Part{{Flag: "--net-block", Drop: true}}}
	return v
}

// byPorts answers for a spec that allows only TCP to some ports.
func byPorts(s *spec.Spec, v Verdict) Verdict {
	tcp := v.Protocol == "tcp"
	if line := reach.Port(s, v.Port); tcp && line != nil {
		v.Status, v.Reason, v.EnforcedBy, v.Errno = Allowed, PortGranted, "", ""
		v.Note = "by the line 'port " + line.Range() + "' (" + line.By.String() + "), at any address"
		return v
	}
	if tcp { // making the socket is allowed
		v.Reason, v.EnforcedBy, v.Errno = PortNotGranted, "Landlock", "EACCES"
	}
	if tcp && v.Port != 0 {
		v.Suggestion = &Suggestion{[]Part{{Flag: "--port", Arg: strconv.Itoa(v.Port)}}}
		return v
	}
	v.Note = "only TCP to certain ports is allowed"
	v.Suggestion = &Suggestion{}
	for i := range s.Ports {
		v.Suggestion.Parts = append(v.Suggestion.Parts, Part{Flag: "--port", Arg: s.Ports[i].Range(), Drop: true})
	}
	return v
}

// byHosts answers for a spec whose supervisor connects to some hosts.
func byHosts(s *spec.Spec, v Verdict) Verdict {
	asked := askedHost(v.Host, v.Port)
	at := later.At(s, clock.Boot())
	allow, deny := hostLines(at, &asked)
	switch {
	case deny != nil:
		v.Reason, v.EnforcedBy, v.Errno = HostDenied, "Landlock and the supervisor", "EACCES"
		v.Note = "by the line 'deny-host " + reach.Text(*deny) + "' (" + deny.By.String() + ")"
		if deny.By.Source == spec.Flag {
			v.Suggestion = &Suggestion{[]Part{{Flag: "--deny-host", Arg: reach.Text(*deny), Drop: true}}}
		}
		return v
	case allow != nil && v.Protocol == "tcp":
		v.Status, v.Reason, v.EnforcedBy, v.Errno = Allowed, HostGranted, "", ""
		v.Note = "by the line 'host " + reach.Text(*allow) + "' (" + allow.By.String() + ")" + looked(allow, asked.Port)
		v.Until = allow.Until
		return v
	case allow != nil:
		v.Note = "hosts are connected to by TCP alone"
		return v
	}
	v.Reason, v.EnforcedBy, v.Errno = HostNotGranted, "Landlock and the supervisor", "EACCES"
	if v.Protocol == "tcp" && (asked.Name != "" || asked.Bits != 0) {
		v.Suggestion = &Suggestion{[]Part{{Flag: "--host", Arg: reach.Text(asked)}}}
	}
	ever := later.At(s, 0)
	if ended, _ := hostLines(ever, &asked); ended != nil {
		v.Note = "the grant of " + ended.By.String() + " has ended"
	} else if reach.Loopback(&asked) {
		v.Note = "servers inside are reached all the same"
	}
	return v
}

// SocketAskable reports whether nono asks a person about a connection to the Unix socket at
// path: not if the path is denied, and not if an administrator forbids the question. path
// has no symlink, and no line grants it.
func SocketAskable(s *spec.Spec, path string) bool {
	if !later.Asks(s) || !s.Traps(spec.TrapSockets) || later.Unasked(s, spec.UnixSocket, path) != nil {
		return false
	}
	var best *spec.Path
	for _, lines := range [...][]spec.Path{s.Paths, s.Askable} {
		for i := range lines {
			l := &lines[i]
			if l.Kind == spec.DenyWrite || !spec.Within(path, l.Path) {
				continue
			}
			if best == nil || len(l.Path) > len(best.Path) || len(l.Path) == len(best.Path) && !l.Kind.Grants() {
				best = l
			}
		}
	}
	return best != nil && best.Kind.Grants()
}

// HostAskable reports whether nono asks a person about the connection that v, a verdict of
// Network, denies.
func HostAskable(s *spec.Spec, v *Verdict) bool {
	asked := askedHost(v.Host, v.Port)
	return v.Protocol == "tcp" && (asked.Name != "" || asked.Bits == 128) && reach.Askable(s, asked)
}

// looked tells what the supervisor checks in an allowed connection.
func looked(h *spec.Host, port uint16) string {
	if h.Proxy {
		return ", a proxy: what it is asked for has to be allowed too"
	}
	if h.Name == "" || h.Raw || h.Name == "localhost" {
		return ""
	}
	switch port {
	case 80:
		return ", if each request names that host"
	case 443:
		return ", if the TLS connection names that host"
	case 0:
		return ", on the ports 80 and 443 if the connection names that host"
	}
	return ""
}

// askedHost returns the host of a question, or an empty Host if host is none.
func askedHost(host string, port int) spec.Host {
	h, problem := reach.Parse(strings.ToLower(host))
	if problem != "" {
		return spec.Host{}
	}
	if h.Port == 0 {
		h.Port = uint16(port)
	}
	return h
}

// hostLines returns the line that allows the host and the line that denies it, or nil.
func hostLines(s *spec.Spec, asked *spec.Host) (allow, deny *spec.Host) {
	if asked.Name != "" {
		return reach.Named(s, asked.Name, asked.Port), reach.Denied(s, asked.Name, asked.Port)
	}
	allow, deny = reach.At(s, asked.Addr, asked.Port), reach.DeniedAt(s, asked.Addr, asked.Port)
	if deny == nil && reach.Loopback(asked) {
		deny = reach.Denied(s, "localhost", asked.Port)
		if h := reach.Named(s, "localhost", asked.Port); h != nil {
			allow = h
		}
	}
	return allow, deny
}

// Abstract tells whether s allows a connection to the abstract Unix socket with this name.
func Abstract(s *spec.Spec, abi int, name string) Verdict {
	v := Verdict{Op: Connect, Path: "@" + strings.TrimPrefix(name, "@"), Status: Allowed, Reason: SocketsAllowed}
	if s.UnixSockets {
		return v
	}
	v.Status, v.Reason, v.Errno, v.EnforcedBy = Denied, UnixSocketBlocked, "EPERM", "seccomp"
	if abi >= kernel.ABIUnix {
		v.EnforcedBy = "Landlock"
		v.Note = "servers started inside can be connected to all the same"
	}
	if abi < kernel.ABIUnix && s.Traps(spec.TrapSockets) {
		v.Errno, v.EnforcedBy = "ECONNREFUSED", "the supervisor"
	}
	v.Suggestion = &Suggestion{[]Part{{Flag: "--allow-unix-sockets"}}}
	return v
}
