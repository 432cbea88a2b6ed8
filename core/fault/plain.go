package fault

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Plain returns text with every character replaced that does not stand for itself on
// a terminal: escape sequences and other controls, marks of direction and of no width,
// blanks other than the space, and bytes that are not UTF-8, as Go writes them in
// quotes. Lines end as they do. Whoever prints calls it, so that it does not matter
// which words of a message came from a file, a variable or a command line.
func Plain(text string) string {
	if plainASCII(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '\n' || r != utf8.RuneError && strconv.IsPrint(r) || r == utf8.RuneError && size > 1:
			b.WriteString(text[:size])
		default:
			q := strconv.Quote(text[:size])
			b.WriteString(q[1 : len(q)-1])
		}
		text = text[size:]
	}
	return b.String()
}

func plainASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c != '\n' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}
