package spec

// A Host is one line `host`: a place in the network to which the supervisor connects the
// command. It has either a name or an address.
type Host struct {
	// Name is in lower case, without a dot at its end. "*." and a name of at least two
	// labels stands for every name beneath that name; "*" stands for every name except
	// localhost.
	Name string
	// If Name is empty, Addr is an IPv6 address, and Bits says how many of its first bits
	// an address must share: 128 for one address. An IPv4 address is ::ffff:192.0.2.1.
	Addr [16]byte
	Bits int
	// Port is the only port, or 0 for any.
	Port uint16
	// Raw: the supervisor does not check which host a connection asks for, neither on the
	// ports 80 and 443 nor in requests to a proxy.
	Raw bool
	// Proxy: an HTTP proxy is there. Each host that the command asks the proxy for must be
	// allowed too.
	Proxy bool
	// Until is when the grant ends, in seconds of CLOCK_BOOTTIME; 0 for never.
	Until int64
	By    Origin
	Line  int // where Parse read the line, from 1
}

// LimitsHosts reports whether the command can reach only the hosts that the supervisor
// connects to. It stays true when the grants of all hosts have ended.
func (s *Spec) LimitsHosts() bool { return s.Traps(TrapHosts) && !s.Net }
