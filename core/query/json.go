package query

import (
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends v as one JSON object on one line, without a newline. What
// is not known or does not apply is left out, but for the keys status, reason,
// granted_by and suggestion. A byte of a path that is not UTF-8 becomes U+FFFD.
func (v *Verdict) AppendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.text("status", string(v.Status))
	o.text("reason", string(v.Reason))
	o.some("op", string(v.Op))
	o.some("path", v.Path)
	o.some("resolved", v.Resolved)
	o.some("to", v.To)
	if v.Path != "" {
		o.key("exists")
		o.b = strconv.AppendBool(o.b, v.Exists)
	}
	o.some("host", v.Host)
	if v.Port != 0 {
		o.key("port")
		o.b = strconv.AppendInt(o.b, int64(v.Port), 10)
	}
	o.some("protocol", v.Protocol)
	o.some("command", v.Command)
	o.orNull("granted_by", v.GrantedBy())
	if v.Line != nil {
		if !v.Line.Kind.Grants() {
			o.some("denied_by", v.Line.By.String())
		}
		o.some("spec_line", v.Line.String())
		if v.Line.Line > 0 {
			o.key("line")
			o.b = strconv.AppendInt(o.b, int64(v.Line.Line), 10)
		}
	}
	if v.Also != nil {
		o.some("also_granted_by", v.Also.By.String())
	}
	if v.Until > 0 {
		o.key("ends_in")
		o.b = strconv.AppendInt(o.b, v.EndsIn(), 10)
	}
	o.some("category", v.Category)
	o.some("enforced_by", v.EnforcedBy)
	o.some("errno", v.Errno)
	if v.Suggestion != nil {
		o.text("suggestion", v.Suggestion.String())
	} else {
		o.orNull("suggestion", "")
	}
	if v.Profiles != nil {
		o.key("profiles")
		o.b = append(o.b, '[')
		for i, name := range v.Profiles {
			if i > 0 {
				o.b = append(o.b, ',')
			}
			o.b = AppendJSONString(o.b, name)
		}
		o.b = append(o.b, ']')
	}
	if v.Asks {
		o.key("asks")
		o.b = strconv.AppendBool(o.b, true)
	}
	o.some("note", v.Note)
	return append(o.b, '}')
}

// An object is a JSON object that is being written.
type object struct {
	b    []byte
	more bool
}

func (o *object) key(name string) {
	if o.more {
		o.b = append(o.b, ',')
	}
	o.more = true
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

func (o *object) text(name, value string) {
	o.key(name)
	o.b = AppendJSONString(o.b, value)
}

func (o *object) some(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) orNull(name, value string) {
	if value != "" {
		o.text(name, value)
		return
	}
	o.key(name)
	o.b = append(o.b, "null"...)
}

// AppendJSONString appends s as a JSON string (RFC 8259, 7), safe to show on a
// terminal too: control characters of both ASCII and Latin-1 are escaped.
func AppendJSONString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return append(b, '"')
}
