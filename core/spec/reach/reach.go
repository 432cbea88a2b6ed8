// Package reach answers what the lines about hosts in a spec let be reached, and reads and
// writes one host. The kernel is told none of that: a supervisor asks.
package reach

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// AnyName is the Name that stands for every name but localhost. No flag grants it: nono
// learn does, and a person may be asked for it.
const AnyName = "*"

// AnyHost are the lines that hold for every host but this machine.
func AnyHost(by spec.Origin) []spec.Host { return []spec.Host{{Name: AnyName, By: by}, {By: by}} }

// is reports whether h is about name at port, 0 for any.
func is(h *spec.Host, name string, port uint16) bool {
	if h.Name == "" || port != 0 && h.Port != 0 && h.Port != port {
		return false
	}
	return h.Name == name || matches(h, name)
}

// matches reports whether name is one of those that the '*' of h stands for.
func matches(h *spec.Host, name string) bool {
	beneath, wild := strings.CutPrefix(h.Name, "*")
	if beneath == "" && (name == "localhost" || strings.HasSuffix(name, ".localhost")) {
		return false // this machine is asked for by its name
	}
	return wild && len(name) > len(beneath) && strings.HasSuffix(name, beneath)
}

// isAt reports whether h is about an address at port, 0 for any.
func isAt(h *spec.Host, addr [16]byte, port uint16) bool {
	return h.Name == "" && (port == 0 || h.Port == 0 || h.Port == port) && mask(addr, h.Bits) == h.Addr
}

// Loopback reports whether the host is an address of this machine alone (127.0.0.0/8,
// ::1), or its usual name.
func Loopback(h *spec.Host) bool {
	if h.Name != "" {
		return h.Name == "localhost"
	}
	return h.Bits > 96 && isFour(h.Addr) && h.Addr[12] == 127 || h.Bits == 128 && h.Addr == [16]byte{15: 1}
}

// Named returns the line that allows connecting to name at port, or nil. Port 0
// asks whether the name may be looked up. name is in lower case, without a dot at its
// end. Of several lines one with Raw comes first, since what lines give adds up, and then
// one with Proxy: the others do not say what is there.
func Named(s *spec.Spec, name string, port uint16) *spec.Host {
	if Denied(s, name, port) != nil {
		return nil
	}
	var found *spec.Host
	for i := range s.Hosts {
		if h := &s.Hosts[i]; is(h, name, port) && (found == nil || rank(h) > rank(found)) {
			found = h
		}
	}
	return found
}

// Denied returns the line that denies connecting to name at port, or nil. For port 0
// that is one which denies every port.
func Denied(s *spec.Spec, name string, port uint16) *spec.Host {
	for i := range s.HostDenies {
		if h := &s.HostDenies[i]; is(h, name, port) && (port != 0 || h.Port == 0) {
			return h
		}
	}
	return nil
}

// At returns the line that allows connecting to an address at port, or nil. Port 0
// asks about any. An IPv4 address is in the form of IPv6, ::ffff:192.0.2.1. Of several lines
// the one comes first that Named puts first. A block that holds more than addresses of
// this machine holds none of them.
func At(s *spec.Spec, addr [16]byte, port uint16) *spec.Host {
	if DeniedAt(s, addr, port) != nil {
		return nil
	}
	var found *spec.Host
	at := spec.Host{Addr: addr, Bits: 128}
	for i := range s.Hosts {
		if h := &s.Hosts[i]; isAt(h, addr, port) && (thisMachine(h) || !thisMachine(&at)) && (found == nil || rank(h) > rank(found)) {
			found = h
		}
	}
	return found
}

// NamedOrAt returns the line that allows connecting where h is, or nil.
func NamedOrAt(s *spec.Spec, h spec.Host) *spec.Host {
	if h.Name != "" {
		return Named(s, h.Name, h.Port)
	}
	return At(s, h.Addr, h.Port)
}

func rank(h *spec.Host) int {
	switch {
	case h.Raw:
		return 2
	case h.Proxy:
		return 1
	}
	return 0
}

// DeniedAt returns the line that denies connecting to an address at port, or nil, also
// where a name leads there. For port 0 that is one which denies every port.
func DeniedAt(s *spec.Spec, addr [16]byte, port uint16) *spec.Host {
	for i := range s.HostDenies {
		if h := &s.HostDenies[i]; isAt(h, addr, port) && (port != 0 || h.Port == 0) {
			return h
		}
	}
	return nil
}

// Covers reports whether every connection that other allows is one that h allows.
func Covers(h, other *spec.Host) bool {
	switch {
	case h.Port != 0 && h.Port != other.Port, other.Raw && !h.Raw && (other.Port == 80 || other.Port == 443 || h.Proxy), h.Proxy && !other.Proxy && !other.Raw:
		return false
	case h.Name == "" || other.Name == "":
		return h.Name == other.Name && (thisMachine(h) || !thisMachine(other)) && h.Bits <= other.Bits && mask(other.Addr, h.Bits) == h.Addr
	case h.Name == other.Name:
		return true
	}
	return matches(h, other.Name)
}

// thisMachine reports whether a host is an address of this machine alone: one of loopback, or the
// unspecified one, which the kernel takes for that (ip(7)).
func thisMachine(h *spec.Host) bool {
	return Loopback(h) || h.Name == "" && h.Bits == 128 && (h.Addr == [16]byte{} || h.Addr == [16]byte{10: 0xff, 11: 0xff})
}

// Askable reports whether a person may be asked for h, a name or one address with a
// port, which nothing grants: where it is denied, or an address of this machine, not.
func Askable(s *spec.Spec, h spec.Host) bool {
	if h.Name != "" && Denied(s, h.Name, h.Port) != nil || h.Name == "" && DeniedAt(s, h.Addr, h.Port) != nil {
		return false
	}
	return slices.ContainsFunc(s.AskableHosts, func(a spec.Host) bool { return Covers(&a, &h) })
}

// Port returns the first line that lets a TCP port be connected to, or nil.
func Port(s *spec.Spec, port int) *spec.Port {
	for i := range s.Ports {
		if p := &s.Ports[i]; int(p.First) <= port && port <= int(p.Last) {
			return p
		}
	}
	return nil
}
