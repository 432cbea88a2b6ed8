package query

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Network says whether s lets a connection to host and port through; protocol
// is "tcp" or "udp". Port 0 asks about any. The host plays a part only where the spec
// has lines 'host'.
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
	case len(s.Hosts) > 0:
		return byHosts(s, v)
	case len(s.Ports) > 0:
		return byPorts(s, v)
	}
	v.Suggestion = &Suggestion{[]Part{{Flag: "--net-block", Drop: true}}}
	return v
}

// byPorts answers where TCP to some ports is all of the network.
func byPorts(s *spec.Spec, v Verdict) Verdict {
	tcp := v.Protocol == "tcp"
	if line := s.PortLine(v.Port); tcp && line != nil {
		v.Status, v.Reason, v.EnforcedBy, v.Errno = Allowed, PortGranted, "", ""
		v.Note = "by the line 'port " + line.Range() + "' (" + line.By.String() + "), at any address"
		return v
	}
	if tcp { // the socket itself can be had
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

// byHosts answers where a supervisor connects to some hosts.
func byHosts(s *spec.Spec, v Verdict) Verdict {
	h := hostLine(s, strings.TrimSuffix(strings.ToLower(v.Host), "."), v.Port)
	switch {
	case h != nil && v.Protocol == "tcp":
		v.Status, v.Reason, v.EnforcedBy, v.Errno = Allowed, HostGranted, "", ""
		v.Note = "by the line 'host " + h.String() + "' (" + h.By.String() + ")"
		return v
	case h != nil:
		v.Note = "hosts are connected to by TCP alone"
		return v
	}
	v.Reason, v.EnforcedBy, v.Errno = HostNotGranted, "Landlock and the supervisor", "EACCES"
	want := v.Host
	if v.Port != 0 {
		want += ":" + strconv.Itoa(v.Port)
	}
	if parsed, problem := spec.ParseHost(want); problem == "" && v.Protocol == "tcp" {
		v.Suggestion = &Suggestion{[]Part{{Flag: "--host", Arg: parsed.String()}}}
	}
	return v
}

// hostLine is the line that lets a host be connected to, or nil.
func hostLine(s *spec.Spec, host string, port int) *spec.Host {
	if asked, problem := spec.ParseHost(host); problem == "" && asked.Name == "" {
		if host == "127.0.0.1" {
			if h := s.HostNamed("localhost", uint16(port)); h != nil {
				return h
			}
		}
		return s.HostAt(asked.Addr, uint16(port))
	}
	return s.HostNamed(host, uint16(port))
}

// Abstract says whether s lets a connection to the abstract Unix socket of that
// name through, which has no path.
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
