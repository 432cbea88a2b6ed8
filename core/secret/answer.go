package secret

import (
	"strings"
	"unicode/utf8"
)

// Value takes a source's answer, which may end with one line break, for the value of a
// variable. Where it cannot be one, problem says why, without a part of the answer.
func (q *Query) Value(answer []byte) (value, problem string) {
	if len(answer) > Most {
		return "", "the answer is longer than 64 KiB"
	}
	text := string(answer)
	if q.Line > 0 {
		if text, problem = line(text, q.Line); problem != "" {
			return "", problem
		}
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	switch {
	case text == "":
		return "", "the answer is empty"
	case strings.IndexByte(text, 0) >= 0:
		return "", "the answer has a NUL byte"
	case strings.ContainsAny(text, "\r\n"):
		return "", "the answer has more than one line"
	case !utf8.ValidString(text):
		return "", "the answer is not UTF-8"
	}
	return text, ""
}

// line returns one line of text.
func line(text string, n int) (string, string) {
	for l := range strings.Lines(text) {
		if n--; n == 0 {
			return l, ""
		}
	}
	return "", "the answer has no such line"
}
