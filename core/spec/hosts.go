package spec

import (
	"slices"
	"strings"
)

// A Host is one line `host`: where on the network the command may connect to, by the
// supervisor. Exactly one of a name and an address is in it.
type Host struct {
	// Name is a name in lower case, without a dot at its end, or "*." and a name of
	// at least two labels, which stands for every name beneath, or "*", which stands for
	// every name but localhost.
	Name string
	// Addr and Bits are an IPv6 address, or the block of addresses that share its
	// first Bits bits. An IPv4 address is there as ::ffff:192.0.2.1. Name is empty
	// then.
	Addr [16]byte
	Bits int
	// Port is the only port, or 0 for any.
	Port uint16
	// Raw leaves out the look at what is asked for, on the ports 80 and 443 and of a
	// proxy.
	Raw bool
	// Proxy tells that a proxy of HTTP is there, which leads on to hosts that the
	// command names: each of them has to be allowed as if it were connected to.
	Proxy bool
	// Until is when the grant ends, in seconds of CLOCK_BOOTTIME; 0 for never.
	Until int64
	By    Origin
	Line  int // where Parse read the line, from 1
}

// is reports whether h is about name at port, 0 for any.
func (h *Host) is(name string, port uint16) bool {
	if h.Name == "" || port != 0 && h.Port != 0 && h.Port != port {
		return false
	}
	return h.Name == name || h.matches(name)
}

// matches reports whether name is one of those that the '*' of h stands for.
func (h *Host) matches(name string) bool {
	beneath, wild := strings.CutPrefix(h.Name, "*")
	if beneath == "" && (name == "localhost" || strings.HasSuffix(name, ".localhost")) {
		return false // this machine is asked for by its name
	}
	return wild && len(name) > len(beneath) && strings.HasSuffix(name, beneath)
}

// isAt reports whether h is about an address at port, 0 for any.
func (h *Host) isAt(addr [16]byte, port uint16) bool {
	return h.Name == "" && (port == 0 || h.Port == 0 || h.Port == port) && mask(addr, h.Bits) == h.Addr
}

// Loopback reports whether the host is an address of this machine alone (127.0.0.0/8,
// ::1), or its usual name.
func (h *Host) Loopback() bool {
	if h.Name != "" {
		return h.Name == "localhost"
	}
	return h.Bits > 96 && isFour(h.Addr) && h.Addr[12] == 127 || h.Bits == 128 && h.Addr == [16]byte{15: 1}
}

// HostNamed returns the line that allows connecting to name at port, or nil. Port 0
// asks whether the name may be looked up. name is in lower case, without a dot at its
// end. Of several lines one with Raw comes first, since what lines give adds up, and then
// one with Proxy: the others do not say what is there.
func (s *Spec) HostNamed(name string, port uint16) *Host {
	if s.HostDenied(name, port) != nil {
		return nil
	}
	var found *Host
	for i := range s.Hosts {
		if h := &s.Hosts[i]; h.is(name, port) && (found == nil || h.rank() > found.rank()) {
			found = h
		}
	}
	return found
}

// HostDenied returns the line that denies connecting to name at port, or nil. For port 0
// that is one which denies every port.
func (s *Spec) HostDenied(name string, port uint16) *Host {
	for i := range s.HostDenies {
		if h := &s.HostDenies[i]; h.is(name, port) && (port != 0 || h.Port == 0) {
			return h
		}
	}
	return nil
}

// HostAt returns the line that allows connecting to an address at port, or nil. Port 0
// asks about any. An IPv4 address is in the form of IPv6, ::ffff:192.0.2.1. Of several lines
// the one comes first that HostNamed puts first. A block that holds more than addresses of
// this machine holds none of them.
func (s *Spec) HostAt(addr [16]byte, port uint16) *Host {
	if s.HostDeniedAt(addr, port) != nil {
		return nil
	}
	var found *Host
	at := Host{Addr: addr, Bits: 128}
	for i := range s.Hosts {
		if h := &s.Hosts[i]; h.isAt(addr, port) && (h.here() || !at.here()) && (found == nil || h.rank() > found.rank()) {
			found = h
		}
	}
	return found
}

// HostNamedOrAt returns the line that allows connecting where h is, or nil.
func (s *Spec) HostNamedOrAt(h Host) *Host {
	if h.Name != "" {
		return s.HostNamed(h.Name, h.Port)
	}
	return s.HostAt(h.Addr, h.Port)
}

func (h *Host) rank() int {
	switch {
	case h.Raw:
		return 2
	case h.Proxy:
		return 1
	}
	return 0
}

// HostDeniedAt returns the line that denies connecting to an address at port, or nil, also
// where a name leads there. For port 0 that is one which denies every port.
func (s *Spec) HostDeniedAt(addr [16]byte, port uint16) *Host {
	for i := range s.HostDenies {
		if h := &s.HostDenies[i]; h.isAt(addr, port) && (port != 0 || h.Port == 0) {
			return h
		}
	}
	return nil
}

// AddHosts lets the command connect to hosts but those denied, by a supervisor, and to
// nothing else of the network. A host that stands there twice is added once.
func (s *Spec) AddHosts(hosts, denied []Host) {
	lasting, ending := byEnd(hosts)
	s.Hosts, s.HostDenies = addHosts(s.Hosts, lasting), addHosts(s.HostDenies, denied)
	s.EndingHosts = addHosts(s.EndingHosts, ending)
	s.Net = false
	s.AddTrap(TrapHosts)
}

func addHosts(to, hosts []Host) []Host {
	for _, h := range hosts {
		if !slices.ContainsFunc(to, func(x Host) bool { return x.String() == h.String() }) {
			to = append(to, h)
		}
	}
	return to
}

// Covers reports whether every connection that other allows is one that h allows.
func (h Host) Covers(other Host) bool {
	switch {
	case h.Port != 0 && h.Port != other.Port, other.Raw && !h.Raw && (other.Port == 80 || other.Port == 443 || h.Proxy), h.Proxy && !other.Proxy && !other.Raw:
		return false
	case h.Name == "" || other.Name == "":
		return h.Name == other.Name && (h.here() || !other.here()) && h.Bits <= other.Bits && mask(other.Addr, h.Bits) == h.Addr
	case h.Name == other.Name:
		return true
	}
	return h.matches(other.Name)
}
