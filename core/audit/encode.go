package audit

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// encode makes a line: what encoding/json would make of e, without its looking at types for
// each of a million lines. JSON has no bytes that are not UTF-8, and paths have them: such
// text is written as Go quotes a string, and so is what begins with a quote.
func encode(e *Event) []byte {
	l := line{b: make([]byte, 0, 512)}
	l.b = append(l.b, '{')
	l.text("run", e.Run)
	l.number("seq", int64(e.Seq))
	l.key("time")
	l.b = append(e.Time.AppendFormat(append(l.b, '"'), "2006-01-02T15:04:05.999999999Z07:00"), '"')
	l.number("since_ns", e.Since)
	l.text("event", string(e.Kind))
	l.text("source", string(e.Source))
	l.some("pid", int64(e.PID))
	l.some("ppid", int64(e.Parent))
	l.any("program", printable(e.Program))
	l.any("cwd", printable(e.Cwd))
	if len(e.Argv) > 0 {
		l.key("argv")
		for i, word := range e.Argv {
			l.b = appendText(append(l.b, "[,"[min(i, 1)]), printable(word))
		}
		l.b = append(l.b, ']')
	}
	l.any("path", printable(e.Path))
	l.any("to", printable(e.To))
	l.any("call", e.Call)
	l.any("op", e.Op)
	l.any("errno", e.Errno)
	l.any("reason", e.Reason)
	l.any("line", e.Line)
	l.any("remedy", e.Remedy)
	l.any("address", e.Address)
	l.any("host", printable(e.Host))
	l.some("port", int64(e.Port))
	l.any("credential", e.Credential)
	l.some("requests", e.Requests)
	l.some("denied", e.Denied)
	l.some("sent_bytes", e.Sent)
	l.some("received_bytes", e.Received)
	l.any("spec", e.Spec)
	l.any("spec_sha256", e.Digest)
	l.any("version", e.Version)
	l.any("level", string(e.Level))
	l.pointed("uid", e.User)
	l.any("ephemeral", e.Ephemeral)
	l.any("undo", e.Undo)
	l.pointed("status", e.Status)
	l.any("signal", e.Signal)
	l.some("lost", int64(e.Lost))
	l.text("prev", e.Prev)
	return append(l.b, '}')
}

// A line is an object of JSON that is being written.
type line struct{ b []byte }

func (l *line) key(name string) {
	if len(l.b) > 1 {
		l.b = append(l.b, ',')
	}
	l.b = append(append(append(l.b, '"'), name...), '"', ':')
}

func (l *line) text(name, value string) {
	l.key(name)
	l.b = appendText(l.b, value)
}

func (l *line) number(name string, value int64) {
	l.key(name)
	l.b = strconv.AppendInt(l.b, value, 10)
}

// any, some and pointed leave out what is empty.
func (l *line) any(name, value string) {
	if value != "" {
		l.text(name, value)
	}
}

func (l *line) some(name string, value int64) {
	if value != 0 {
		l.number(name, value)
	}
}

func (l *line) pointed(name string, value *int) {
	if value != nil {
		l.number(name, int64(*value))
	}
}

// appendText adds s as JSON spells a text (RFC 8259, 7). U+2028 and U+2029 end a line in
// JavaScript.
func appendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			b = append(b, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '"', c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			if short := strings.IndexByte("\b\f\n\r\t", c); short >= 0 {
				b = append(b, '\\', "bfnrt"[short])
			} else {
				b = append(b, `\u00`...)
				b = append(b, digits[c>>4], digits[c&15])
			}
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		case r == '\u2028', r == '\u2029':
			b = append(b, `\u202`...)
			b = append(b, digits[r&15])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return append(b, '"')
}

func printable(s string) string {
	if utf8.ValidString(s) && !strings.HasPrefix(s, `"`) {
		return s
	}
	return quote(s)
}
