package seatbelt

// other matches a byte that is not printable ASCII, in a regular expression
// that is itself nothing but printable ASCII.
const other = "[^ -~]"

// appendExact appends a regular expression for path as it is spelled. Bytes
// that are not printable ASCII match any such bytes: how SBPL reads them in a
// regular expression is not known, and in a deny more is the safe side.
func appendExact(b []byte, path string) []byte {
	for i := 0; i < len(path); i++ {
		if path[i] >= ' ' && path[i] <= '~' {
			b = appendMeta(b, path[i])
		} else if i == 0 || path[i-1] >= ' ' && path[i-1] <= '~' {
			b = append(b, other+"+"...)
		}
	}
	return b
}

// appendFold appends a regular expression for every spelling of path that a
// volume which ignores case and Unicode normalisation takes for the same.
func appendFold(b []byte, path string) []byte {
	for i := 0; i < len(path); {
		if n := accented(path[i:]); n > 0 {
			// Composed or not, the letters and marks are of these bytes.
			b = append(b, "([A-Za-z]|"+other+")*"+other+"([A-Za-z]|"+other+")*"...)
			i += n
			continue
		}
		var before byte
		if i > 0 {
			before = lower(path[i-1])
		}
		b = appendCase(b, path[i], before)
		i++
	}
	return b
}

// accented returns the length of what path begins with that is not ASCII,
// together with ASCII letters before and between, which may be what its marks
// belong to; 0 if path begins otherwise.
func accented(path string) int {
	end := 0
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c < ' ' || c > '~':
			end = i + 1
		case !letter(c) || i > end: // of letters, only the last before a mark
			return end
		}
	}
	return end
}

// appendCase appends c in either case, where before is what stands before it in
// lower case. Unicode folds a few characters to ASCII letters: the Kelvin sign
// to k, the long s to s, sharp s to ss, and the ligatures of f and of st.
func appendCase(b []byte, c, before byte) []byte {
	l := lower(c)
	if !letter(c) {
		return appendMeta(b, c)
	}
	folded := l == 'f' || l == 'k' || l == 's' ||
		before == 'f' && (l == 'i' || l == 'l') || before == 's' && l == 't'
	if folded {
		b = append(b, '(')
	}
	b = append(b, '[', l, l-'a'+'A', ']')
	if folded {
		b = append(b, "|"+other+"+)"...)
	}
	return b
}

// appendMeta appends c so that it matches itself.
func appendMeta(b []byte, c byte) []byte {
	switch c {
	case '.', '^', '$', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '\\':
		b = append(b, '\\')
	}
	return append(b, c)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func letter(c byte) bool { l := lower(c); return l >= 'a' && l <= 'z' }

// spellable reports whether path has more than one spelling.
func spellable(path string) bool {
	for i := 0; i < len(path); i++ {
		if c := path[i]; letter(c) || c < ' ' || c > '~' {
			return true
		}
	}
	return false
}
