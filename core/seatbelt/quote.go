package seatbelt

import "unicode/utf8"

// chunk is the most bytes of a string literal. TinyScheme, which Apple's reader
// is made from, reads a literal into a buffer of 256 bytes.
const chunk = 200

// appendString appends an SBPL expression whose value is s: a literal, or
// literals joined if s is long. A quote and a backslash are escaped; every
// other byte stands for itself, since no escape but these two is known to be
// read on every macOS. It holds for any s without a NUL, which no argument can
// have either.
func appendString(b []byte, s string) []byte {
	if len(s) <= chunk {
		return appendLiteral(b, s)
	}
	b = append(b, "(string-append"...)
	for len(s) > 0 {
		n := min(chunk, len(s))
		for i := n; i > n-utf8.UTFMax && i < len(s); i-- {
			if utf8.RuneStart(s[i]) {
				n = i // no letter is cut in two
				break
			}
		}
		b = append(b, ' ')
		b = appendLiteral(b, s[:n])
		s = s[n:]
	}
	return append(b, ')')
}

func appendLiteral(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
