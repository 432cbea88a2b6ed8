package main

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// A settings file belongs to its user: what is changed in it is cut out of, or
// put into, its text, and every other byte stays. So this reads JSON (RFC 8259)
// only to find places in the text.

// node is one value of a JSON text.
type node struct {
	kind       byte // '{', '[', '"' or 'v' for numbers and literals
	start, end int  // text[start:end] is the value
	members    []member
}

// member is one entry of an object, or of an array, where it has no key.
type member struct {
	start int // where it begins: at the key, or at the value
	key   string
	value *node
}

// get returns the member of an object, or nil.
func (n *node) get(key string) *member {
	for i := range n.members {
		if n.members[i].key == key {
			return &n.members[i]
		}
	}
	return nil
}

type jsonReader struct {
	text string
	at   int
}

// readJSON reads one value, which must be all of text. It is as strict as the
// programs that read such files: no comments, no commas at the end. A key that
// stands twice in an object is an error too, since it is ambiguous.
func readJSON(text string) (*node, error) {
	r := &jsonReader{text: text}
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(text) {
		return nil, r.wrong("something stands after the end")
	}
	return n, nil
}

func (r *jsonReader) wrong(what string) error {
	return fault.Text("line " + strconv.Itoa(1+strings.Count(r.text[:min(r.at, len(r.text))], "\n")) + " is not JSON: " + what)
}

func (r *jsonReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// take skips white space and then c, if it is next.
func (r *jsonReader) take(c byte) bool {
	r.space()
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) value(depth int) (*node, error) {
	r.space()
	switch {
	case depth > 200:
		return nil, r.wrong("it is nested too deeply")
	case r.at == len(r.text):
		return nil, r.wrong("it ends too early")
	}
	n := &node{start: r.at, kind: r.text[r.at]}
	var err error
	switch n.kind {
	case '{', '[':
		r.at++
		err = r.members(n, depth)
	case '"':
		_, err = r.str()
	default:
		n.kind = 'v'
		err = r.literal()
	}
	n.end = r.at
	return n, err
}

func (r *jsonReader) members(n *node, depth int) error {
	closing := n.kind + 2 // ASCII has ']' and '}' two behind '[' and '{'
	if r.take(closing) {
		return nil
	}
	for {
		r.space()
		m := member{start: r.at}
		var err error
		if n.kind == '{' {
			if m.key, err = r.str(); err != nil {
				return err
			}
			if n.get(m.key) != nil {
				return r.wrong("the key " + fault.Quote(m.key) + " stands there twice")
			}
			if !r.take(':') {
				return r.wrong("a ':' is missing")
			}
		}
		if m.value, err = r.value(depth + 1); err != nil {
			return err
		}
		n.members = append(n.members, m)
		if r.take(closing) {
			return nil
		}
		if !r.take(',') {
			return r.wrong("a ',' or the end is missing")
		}
	}
}

// str reads a string and returns what it stands for, as far as a key needs it:
// one with an escape that Go's strings do not have is returned as it is written.
func (r *jsonReader) str() (string, error) {
	start := r.at
	if !strings.HasPrefix(r.text[r.at:], `"`) {
		if strings.HasPrefix(r.text[r.at:], "/") {
			return "", r.wrong("it has a comment")
		}
		return "", r.wrong("a string is missing")
	}
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '\\':
			if r.at++; !escape(r.text[r.at:]) {
				return "", r.wrong("a string has a bad escape")
			}
		case c < ' ':
			return "", r.wrong("a string has a control character")
		case c == '"':
			r.at++
			quoted := r.text[start:r.at]
			if s, err := strconv.Unquote(strings.ReplaceAll(quoted, `\/`, "/")); err == nil {
				return s, nil
			}
			return quoted, nil
		}
	}
	return "", r.wrong("a string does not end")
}

// escape reports whether s begins with what may stand behind a backslash.
func escape(s string) bool {
	if s == "" || strings.IndexByte(`"\/bfnrtu`, s[0]) < 0 {
		return false
	}
	return s[0] != 'u' || len(s) >= 5 && strings.Trim(s[1:5], "0123456789abcdefABCDEF") == ""
}

func (r *jsonReader) literal() error {
	rest := r.text[r.at:]
	end := strings.IndexAny(rest, " \t\r\n,]}")
	if end < 0 {
		end = len(rest)
	}
	switch word := rest[:end]; {
	case strings.HasPrefix(word, "/"):
		return r.wrong("it has a comment")
	case word != "true" && word != "false" && word != "null" && !number(word):
		return r.wrong(fault.Quote(word) + " is no value")
	}
	r.at += end
	return nil
}

func number(s string) bool {
	digits := func() bool {
		n := len(s)
		s = strings.TrimLeft(s, "0123456789")
		return len(s) < n
	}
	s = strings.TrimPrefix(s, "-")
	if len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' || !digits() {
		return false
	}
	if strings.HasPrefix(s, ".") {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		return digits() && s == ""
	}
	return s == ""
}
