package spec

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

// LimitsHosts reports whether a supervisor connects to some hosts, and to nothing else of
// the network, also where the grants of all of them end.
func (s *Spec) LimitsHosts() bool { return s.Traps(TrapHosts) && !s.Net }
