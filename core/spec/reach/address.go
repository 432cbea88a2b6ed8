package reach

import (
	"strconv"
	"strings"
)

// parseAddr reads an IPv4 or IPv6 address (RFC 4291, 2.2), without a zone. An IPv4
// address, and an IPv6 address that stands for one (::ffff:192.0.2.1), come as the
// latter. The packages that know addresses link too much for the shim.
func parseAddr(text string) (addr [16]byte, ok bool) {
	if !strings.Contains(text, ":") {
		four, ok := parseFour(text)
		return mapped(four), ok
	}
	head, tail, gap := strings.Cut(text, "::")
	if gap && strings.Contains(tail, "::") {
		return addr, false
	}
	front, ok1 := parseGroups(head, !gap)
	back, ok2 := parseGroups(tail, true)
	n := len(front) + len(back)
	if !ok1 || !ok2 || n > 16 || !gap && n != 16 || gap && n > 14 {
		return addr, false
	}
	copy(addr[:], front)
	copy(addr[16-len(back):], back)
	return addr, true
}

// IsAddress reports whether text is an IPv4 or IPv6 address, and nothing else.
func IsAddress(text string) bool {
	_, ok := parseAddr(text)
	return ok
}

// parseGroups reads groups of four hexadecimal digits between colons, the last of which
// may be an IPv4 address where last says so.
func parseGroups(text string, last bool) (b []byte, ok bool) {
	if text == "" {
		return nil, true
	}
	groups := strings.Split(text, ":")
	for i, g := range groups {
		if strings.Contains(g, ".") && last && i == len(groups)-1 {
			four, ok := parseFour(g)
			return append(b, four[:]...), ok
		}
		n, err := strconv.ParseUint(g, 16, 16)
		if err != nil || len(g) > 4 || strings.Trim(g, "0123456789abcdefABCDEF") != "" {
			return nil, false
		}
		b = append(b, byte(n>>8), byte(n))
	}
	return b, true
}

func parseFour(text string) (addr [4]byte, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return addr, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || strconv.FormatUint(n, 10) != p {
			return addr, false
		}
		addr[i] = byte(n)
	}
	return addr, true
}

// mapped is an IPv4 address in the form of IPv6 (RFC 4291, 2.5.5.2).
func mapped(a [4]byte) (addr [16]byte) {
	addr[10], addr[11] = 0xff, 0xff
	copy(addr[12:], a[:])
	return addr
}

func isFour(a [16]byte) bool { return mapped([4]byte(a[12:])) == a }

// addrString spells an address as RFC 5952 wants it.
func addrString(a [16]byte) string {
	if isFour(a) {
		s := strconv.Itoa(int(a[12]))
		for _, b := range a[13:] {
			s += "." + strconv.Itoa(int(b))
		}
		return s
	}
	var group [8]uint64
	for i := range group {
		group[i] = uint64(a[2*i])<<8 | uint64(a[2*i+1])
	}
	from, size := longestZeros(group)
	s := ""
	for i := 0; i < 8; i++ {
		if i == from {
			s += "::"
			i += size - 1
			continue
		}
		if s != "" && !strings.HasSuffix(s, ":") {
			s += ":"
		}
		s += strconv.FormatUint(group[i], 16)
	}
	return s
}

// longestZeros finds the first longest run of at least two groups of zeros; from is -1
// where there is none.
func longestZeros(group [8]uint64) (from, size int) {
	from = -1
	for i := 0; i < 8; i++ {
		n := 0
		for i+n < 8 && group[i+n] == 0 {
			n++
		}
		if n >= 2 && n > size {
			from, size = i, n
		}
		i += n
	}
	return from, size
}

// mask is the address with only the first bits left.
func mask(a [16]byte, bits int) [16]byte {
	for i := range a {
		keep := min(max(bits-8*i, 0), 8)
		a[i] &= ^byte(0xff >> keep)
	}
	return a
}
