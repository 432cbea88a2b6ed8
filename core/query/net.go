package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/kernel"
	"github.com/nono-sandbox/nono/core/spec"
)

// Network says whether s lets a connection to host and port through; protocol
// is "tcp" or "udp". The host plays no part: the network is allowed or not.
func Network(s *spec.Spec, abi int, host string, port int, protocol string) Verdict {
	v := Verdict{Host: host, Port: port, Protocol: protocol, Status: Allowed, Reason: NetworkDefault}
	if s.Net {
		return v
	}
	v.Status, v.Reason, v.EnforcedBy, v.Errno = Denied, NetworkBlocked, "seccomp", "EPERM"
	if protocol == "tcp" && abi >= kernel.ABINet || protocol == "udp" && abi >= kernel.ABIUDP {
		v.EnforcedBy = "Landlock and seccomp"
	}
	v.Suggestion = &Suggestion{[]Part{{Flag: "--net-block", Drop: true}}}
	return v
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
	v.Suggestion = &Suggestion{[]Part{{Flag: "--allow-unix-sockets"}}}
	return v
}
