// Package jsonobject writes JSON objects (RFC 8259) without reflection: encoding/json
// would make each start of nono-run and nono-why slower.
package jsonobject

import (
	"strconv"
	"unicode/utf8"
)

// An Object is a JSON object that is being written, key by key. The caller must not
// write a key twice. Append makes one.
type Object struct{ b []byte }

// Append begins an Object after the bytes in b.
func Append(b []byte) *Object { return &Object{append(b, '{')} }

// End ends the Object, and returns the bytes of b and of the Object.
func (o *Object) End() []byte { return append(o.b, '}') }

func (o *Object) key(name string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// Text writes a string.
func (o *Object) Text(name, value string) {
	o.key(name)
	o.b = AppendString(o.b, value)
}

// Some writes a string, or nothing if it is empty.
func (o *Object) Some(name, value string) {
	if value != "" {
		o.Text(name, value)
	}
}

// TextOrNull writes a string, or null if it is empty.
func (o *Object) TextOrNull(name, value string) {
	if value != "" {
		o.Text(name, value)
		return
	}
	o.key(name)
	o.b = append(o.b, "null"...)
}

// Bool writes true or false.
func (o *Object) Bool(name string, value bool) {
	o.key(name)
	o.b = strconv.AppendBool(o.b, value)
}

// Int writes a number.
func (o *Object) Int(name string, value int64) {
	o.key(name)
	o.b = strconv.AppendInt(o.b, value, 10)
}

// Texts writes an array of strings.
func (o *Object) Texts(name string, values []string) {
	o.key(name)
	o.b = append(o.b, '[')
	for i, value := range values {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = AppendString(o.b, value)
	}
	o.b = append(o.b, ']')
}

// Objects writes an array of n objects; write adds the keys of the object number i.
func (o *Object) Objects(name string, n int, write func(i int, o *Object)) {
	o.key(name)
	o.b = append(o.b, '[')
	for i := range n {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		each := Append(o.b)
		write(i, each)
		o.b = each.End()
	}
	o.b = append(o.b, ']')
}

// AppendString appends s as a JSON string. The string is safe to show on a terminal:
// control characters of ASCII and Latin-1, and those that change the direction of text,
// are escaped. A byte that is not UTF-8 becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
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
