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
	// at least two labels, which stands for every name beneath.
	Name string
	// Addr and Bits are an IPv4 address, or the block of addresses that share its
	// first Bits bits. Name is empty then.
	Addr [4]byte
	Bits int
	// Port is the only port, or 0 for any.
	Port uint16
	// Raw leaves out the look at what is asked for on the ports 80 and 443.
	Raw  bool
	By   Origin
	Line int // where Parse read the line, from 1
}

// ParseHost reads what stands behind `host` and behind the flag --host:
// NAME, *.NAME, ADDRESS or ADDRESS/BITS, each with :PORT or without, and /raw behind
// a port. The second result says what is wrong, or is "".
func ParseHost(text string) (Host, string) {
	var h Host
	if _, rest, url := strings.Cut(text, "://"); url {
		name, _, _ := strings.Cut(rest, "/")
		return h, "a name is wanted and not a URL: " + shown(name)
	}
	rest, raw := strings.CutSuffix(text, "/raw")
	h.Raw = raw
	name, port, hasPort := strings.Cut(rest, ":")
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

// address reads an address, with the bits behind it; ok tells that it looks like one.
func (h *Host) address(text string) (msg string, ok bool) {
	addr, bits, block := strings.Cut(text, "/")
	if strings.Trim(addr, "0123456789.") != "" || addr == "" {
		if block {
			return "'/' goes with an address, or with raw", true
		}
		return "", false
	}
	parts := strings.Split(addr, ".")
	if len(parts) != 4 {
		return "an IPv4 address has four numbers", true
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || strconv.FormatUint(n, 10) != p {
			return "an IPv4 address has four numbers from 0 to 255", true
		}
		h.Addr[i] = byte(n)
	}
	h.Bits = 32
	if !block {
		return "", true
	}
	n, err := strconv.ParseUint(bits, 10, 8)
	if err != nil || n > 32 || strconv.FormatUint(n, 10) != bits {
		return "behind the address is a number of bits from 0 to 32", true
	}
	h.Bits = int(n)
	if h.Addr != mask(h.Addr, h.Bits) {
		return "the address has bits beyond the first " + bits, true
	}
	return "", true
}

func mask(a [4]byte, bits int) [4]byte {
	for i := range a {
		keep := min(max(bits-8*i, 0), 8)
		a[i] &= ^byte(0xff >> keep)
	}
	return a
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
		for i, b := range h.Addr {
			if i > 0 {
				s += "."
			}
			s += strconv.Itoa(int(b))
		}
		if h.Bits != 32 {
			s += "/" + strconv.Itoa(h.Bits)
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

// HostNamed returns the line that allows connecting to name at port, or nil. Port 0
// asks whether the name may be looked up. name is in lower case, without a dot at its
// end. Of several lines one with Raw comes first: what lines give adds up.
func (s *Spec) HostNamed(name string, port uint16) *Host {
	var found *Host
	for i := range s.Hosts {
		h := &s.Hosts[i]
		if h.Name == "" || port != 0 && h.Port != 0 && h.Port != port {
			continue
		}
		if beneath, wild := strings.CutPrefix(h.Name, "*"); h.Name == name || wild && len(name) > len(beneath) && strings.HasSuffix(name, beneath) {
			if found == nil || h.Raw && !found.Raw {
				found = h
			}
		}
	}
	return found
}

// HostAt returns the line that allows connecting to an address at port, or nil. Port 0
// asks about any.
func (s *Spec) HostAt(addr [4]byte, port uint16) *Host {
	for i := range s.Hosts {
		h := &s.Hosts[i]
		if h.Name == "" && (port == 0 || h.Port == 0 || h.Port == port) && mask(addr, h.Bits) == h.Addr {
			return h
		}
	}
	return nil
}

// AddHosts lets the command connect to hosts, by a supervisor, and to nothing else of
// the network. A host that stands there twice is added once.
func (s *Spec) AddHosts(hosts []Host) {
	for _, h := range hosts {
		if !slices.ContainsFunc(s.Hosts, func(x Host) bool { return x.String() == h.String() }) {
			s.Hosts = append(s.Hosts, h)
		}
	}
	s.Net = false
	s.AddTrap(TrapHosts)
}

// host adds one line `host`.
func (s *Spec) host(args []string, n int) string {
	var by Origin
	switch {
	case len(args) == 3 && args[1] == "by":
		by = ParseOrigin(args[2])
	case len(args) != 1:
		return "'host' wants one host, and behind it only: by \"REASON\""
	}
	h, msg := ParseHost(args[0])
	if msg != "" {
		return "the host " + shown(args[0]) + ": " + msg
	}
	if h.String() != args[0] {
		return "the host " + shown(args[0]) + " is written " + shown(h.String())
	}
	h.By, h.Line = by, n
	s.Hosts = append(s.Hosts, h)
	return ""
}

func (h *Host) append(b []byte) []byte {
	b = append(b, "host "...)
	b = append(b, h.String()...)
	if by := h.By.String(); by != "" {
		b = append(b, " by "...)
		b = strconv.AppendQuote(b, by)
	}
	return append(b, '\n')
}
