package reach

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// Parse reads what stands behind `host` and behind the flag --host:
// NAME, *.NAME, ADDRESS or ADDRESS/BITS, each with :PORT or without, and /raw or /proxy
// behind a port. An IPv6 address with a port stands in brackets. The second result says what is
// wrong, or is "".
func Parse(text string) (spec.Host, string) {
	var h spec.Host
	if _, rest, url := strings.Cut(text, "://"); url {
		name, _, _ := strings.Cut(rest, "/")
		return h, "it must be a name, not a URL: " + spec.Shown(name)
	}
	rest, raw := strings.CutSuffix(text, "/raw")
	if h.Raw = raw; !raw {
		rest, h.Proxy = strings.CutSuffix(text, "/proxy")
	}
	name, port, hasPort := splitPort(rest)
	if hasPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
			return h, "a port is a number from 1 to 65535"
		}
		h.Port = uint16(n)
	}
	if h.Port == 0 && h.Raw {
		return h, "/raw goes with a port: NAME:443/raw"
	}
	if h.Port == 0 && h.Proxy {
		return h, "/proxy goes with a port: NAME:3128/proxy"
	}
	if msg, ok := address(&h, name); ok {
		if msg == "" && h.Proxy && h.Bits != 128 {
			msg = "a proxy has one address"
		}
		return h, msg
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	beneath, wild := strings.CutPrefix(name, "*.")
	if msg := badName(beneath); msg != "" {
		return h, msg
	}
	if wild && h.Proxy {
		return h, "a proxy has one name"
	}
	if wild && !strings.Contains(beneath, ".") {
		return h, "'*.' needs a name of at least two labels after it"
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
func address(h *spec.Host, text string) (msg string, ok bool) {
	addr, bits, block := strings.Cut(text, "/")
	if strings.Trim(addr, "0123456789.") != "" && !strings.Contains(addr, ":") || addr == "" {
		if block {
			return "'/' goes with an address, or with raw or proxy", true
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

// Text returns the host as it stands behind `host`.
func Text(h spec.Host) string {
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
	if h.Proxy {
		s += "/proxy"
	}
	return s
}

// ParseListen reads what stands behind `listen` and behind the flag --listen: PORT, for
// one of 127.0.0.1, or ADDRESS:PORT. The second result says what is wrong, or is "".
func ParseListen(text string) (spec.Host, string) {
	if !strings.Contains(text, ":") {
		text = "127.0.0.1:" + text
	}
	h, msg := Parse(text)
	if msg == "" && (h.Name != "" || h.Bits != 128 || h.Port == 0 || h.Raw || h.Proxy) {
		msg = "it must be a port, or ADDRESS:PORT"
	}
	return h, msg
}
