package audit

import "strconv"

func quote(s string) string { return strconv.Quote(s) }

// Unquote gives back the bytes of a text that a line has for a path or an argument.
func Unquote(s string) string {
	if len(s) > 0 && s[0] == '"' {
		if bytes, err := strconv.Unquote(s); err == nil {
			return bytes
		}
	}
	return s
}
