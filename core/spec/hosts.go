package spec

import (
	"slices"
	"strconv"
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
	// Raw leaves out the look at what is asked for on the ports 80 and 443.
	Raw bool
	// Until is when the grant ends, in seconds of CLOCK_BOOTTIME; 0 for never.
	Until int64
	By    Origin
	Line  int // where Parse read the line, from 1
}

// ParseHost reads what stands behind `host` and behind the flag --host:
// NAME, *.NAME, ADDRESS or ADDRESS/BITS, each with :PORT or without, and /raw behind
// a port. An IPv6 address with a port stands in brackets. The second result says what is
// wrong, or is "".
func ParseHost(text string) (Host, string) {
	var h Host
	if _, rest, url := strings.Cut(text, "://"); url {
		name, _, _ := strings.Cut(rest, "/")
		return h, "a name is wanted and not a URL: " + shown(name)
	}
	rest, raw := strings.CutSuffix(text, "/raw")
	h.Raw = raw
	name, port, hasPort := splitPort(rest)
	if hasPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
			return h, "a port is a number from 1 to 65535"
		}
		h.Port = uint16(n)
	}
	if raw && h.Port == 0 {
		return h, "/raw goes with a port: NAME:443/raw"
	}
	if msg, ok := h.address(name); ok {
		return h, msg
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	beneath, wild := strings.CutPrefix(name, "*.")
	if msg := badName(beneath); msg != "" {
		return h, msg
	}
	if wild && !strings.Contains(beneath, ".") {
		return h, "'*.' wants a name of at least two labels behind it"
	}
	h.Name = name
	return h, ""
}

// splitPort takes the port from NAME:PORT or [ADDRESS]:PORT. An IPv6 address without
// brackets has none.
func splitPort(text string) (name, port string, has bool) {
	if inner, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && text[0] == '[' && strings.Contains(inner, ":") {
		if rest == "" {
			return inner, "", false
		}
		port, has = strings.CutPrefix(rest, ":")
		if has {
			return inner, port, true
		}
	}
	if strings.Count(text, ":") > 1 {
		return text, "", false
	}
	return strings.Cut(text, ":")
}

// address reads an address, with the bits behind it; ok tells that it looks like one.
func (h *Host) address(text string) (msg string, ok bool) {
	addr, bits, block := strings.Cut(text, "/")
	if strings.Trim(addr, "0123456789.") != "" && !strings.Contains(addr, ":") || addr == "" {
		if block {
			return "'/' goes with an address, or with raw", true
		}
		return "", false
	}
	if h.Addr, ok = parseAddr(addr); !ok {
		if strings.Contains(addr, ":") {
			return "that is no IPv6 address, which with a port is written [ADDRESS]:PORT", true
		}
		return "an IPv4 address has four numbers from 0 to 255", true
	}
	h.Bits = 128
	if !block {
		return "", true
	}
	before := 0 // of the IPv6 form
	if isFour(h.Addr) {
		before = 96
	}
	n, err := strconv.ParseUint(bits, 10, 8)
	if err != nil || int(n) > 128-before || strconv.FormatUint(n, 10) != bits {
		return "behind the address is a number of bits from 0 to " + strconv.Itoa(128-before), true
	}
	h.Bits = before + int(n)
	if h.Addr != mask(h.Addr, h.Bits) {
		return "the address has bits beyond the first " + bits, true
	}
	return "", true
}

// badName says why name is no name of a host (RFC 1123, 2.1), or returns "".
func badName(name string) string {
	if name == "" || len(name) > 253 {
		return "a name has 1 to 253 characters"
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "each part of a name has 1 to 63 characters and no '-' at its ends"
		}
		for i := 0; i < len(label); i++ {
			c := label[i]
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return "a name has letters, digits, '-' and '.' alone; others are written as 'xn--…'"
			}
		}
	}
	return ""
}

// String returns the host as it stands behind `host`.
func (h Host) String() string {
	s := h.Name
	if s == "" {
		s = addrString(h.Addr)
		bits := h.Bits
		if isFour(h.Addr) {
			bits -= 96
		}
		if h.Bits != 128 {
			s += "/" + strconv.Itoa(bits)
		}
		if h.Port != 0 && !isFour(h.Addr) {
			s = "[" + s + "]"
		}
	}
	if h.Port != 0 {
		s += ":" + strconv.Itoa(int(h.Port))
	}
	if h.Raw {
		s += "/raw"
	}
	return s
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
// end. Of several lines one with Raw comes first: what lines give adds up.
func (s *Spec) HostNamed(name string, port uint16) *Host {
	if s.HostDenied(name, port) != nil {
		return nil
	}
	var found *Host
	for i := range s.Hosts {
		if h := &s.Hosts[i]; h.is(name, port) && (found == nil || h.Raw && !found.Raw) {
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
// asks about any. An IPv4 address is in the form of IPv6, ::ffff:192.0.2.1. A block that
// holds more than addresses of this machine holds none of them.
func (s *Spec) HostAt(addr [16]byte, port uint16) *Host {
	if s.HostDeniedAt(addr, port) != nil {
		return nil
	}
	at := Host{Addr: addr, Bits: 128}
	for i := range s.Hosts {
		if h := &s.Hosts[i]; h.isAt(addr, port) && (h.here() || !at.here()) {
			return h
		}
	}
	return nil
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

// ParseListen reads what stands behind `listen` and behind the flag --listen: PORT, for
// one of 127.0.0.1, or ADDRESS:PORT. The second result says what is wrong, or is "".
func ParseListen(text string) (Host, string) {
	if !strings.Contains(text, ":") {
		text = "127.0.0.1:" + text
	}
	h, msg := ParseHost(text)
	if msg == "" && (h.Name != "" || h.Bits != 128 || h.Port == 0 || h.Raw) {
		msg = "a port is wanted, or ADDRESS:PORT"
	}
	return h, msg
}

func listen(args []string, n int) (Host, string) {
	h, msg := host("listen", args, n)
	if msg == "" {
		_, msg = ParseListen(args[0])
	}
	return h, msg
}

// host reads one line `host` or `deny-host`.
func host(word string, args []string, n int) (Host, string) {
	var by Origin
	switch {
	case len(args) == 3 && args[1] == "by":
		by = ParseOrigin(args[2])
	case len(args) != 1:
		return Host{}, "'" + word + "' wants one host, and behind it only: by \"REASON\""
	}
	if args[0] == AnyName {
		return Host{Name: AnyName, By: by, Line: n}, ""
	}
	h, msg := ParseHost(args[0])
	switch {
	case msg != "":
		return h, "the host " + shown(args[0]) + ": " + msg
	case h.String() != args[0]:
		return h, "the host " + shown(args[0]) + " is written " + shown(h.String())
	case h.Raw && word == "deny-host":
		return h, "/raw says how to allow a host, and not how to deny it"
	}
	h.By, h.Line = by, n
	return h, ""
}

func (h *Host) append(b []byte, word string) []byte {
	b = append(append(b, word...), ' ')
	b = append(b, h.String()...)
	if by := h.By.String(); by != "" {
		b = append(b, " by "...)
		b = strconv.AppendQuote(b, by)
	}
	return append(b, '\n')
}

// Covers reports whether every connection that other allows is one that h allows.
func (h Host) Covers(other Host) bool {
	switch {
	case h.Port != 0 && h.Port != other.Port, other.Raw && !h.Raw && (other.Port == 80 || other.Port == 443):
		return false
	case h.Name == "" || other.Name == "":
		return h.Name == other.Name && (h.here() || !other.here()) && h.Bits <= other.Bits && mask(other.Addr, h.Bits) == h.Addr
	case h.Name == other.Name:
		return true
	}
	return h.matches(other.Name)
}
