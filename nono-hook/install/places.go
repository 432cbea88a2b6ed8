package install

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// A settings file belongs to its user: what is changed in it is cut out of its
// text, or put into its text, and every other byte stays. So JSON is read here
// only to find places in the text.

// A node is one value of a JSON text.
type node struct {
	kind       byte // '{', '[', '"' or 'v' for numbers and literals
	start, end int  // text[start:end] is the value
	str        string
	members    []member
}

// A member is one entry of an object, or of an array, where it has no key.
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

// readJSON reads one value, which must be all of text. A key that stands twice in
// an object is an error, since programs differ in which of the two they take.
func readJSON(text string) (*node, error) {
	r := &reader{text: text, dec: json.NewDecoder(strings.NewReader(text))}
	err := json.Unmarshal([]byte(text), new(json.RawMessage))
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, r.wrong(int(syntax.Offset)-1, syntax.Error())
	case err != nil:
		return nil, err
	}
	return r.value()
}

// A reader goes through a text that is JSON.
type reader struct {
	text string
	dec  *json.Decoder
}

func (r *reader) wrong(at int, what string) error {
	line := 1 + strings.Count(r.text[:min(max(at, 0), len(r.text))], "\n")
	return fault.Text("line " + strconv.Itoa(line) + " is not JSON: " + what)
}

// next returns the next token, and where in the text it stands.
func (r *reader) next() (tok json.Token, start, end int, err error) {
	start = int(r.dec.InputOffset())
	tok, err = r.dec.Token()
	end = int(r.dec.InputOffset())
	start += len(r.text[start:end]) - len(strings.TrimLeft(r.text[start:end], " \t\r\n,:"))
	return tok, start, end, err
}

func (r *reader) value() (*node, error) {
	tok, start, end, err := r.next()
	if err != nil {
		return nil, err
	}
	n := &node{kind: 'v', start: start, end: end}
	switch tok := tok.(type) {
	case string:
		n.kind, n.str = '"', tok
	case json.Delim:
		n.kind = byte(tok)
		for r.dec.More() {
			if err := r.member(n); err != nil {
				return nil, err
			}
		}
		_, _, n.end, err = r.next()
	}
	return n, err
}

// member reads the next entry of n.
func (r *reader) member(n *node) error {
	m := member{}
	if n.kind == '{' {
		tok, start, _, err := r.next()
		if err != nil {
			return err
		}
		m.start = start
		m.key, _ = tok.(string)
		if n.get(m.key) != nil {
			return r.wrong(start, "the key "+fault.Quote(m.key)+" stands there twice")
		}
	}
	value, err := r.value()
	if err != nil {
		return err
	}
	if m.value = value; n.kind == '[' {
		m.start = value.start
	}
	n.members = append(n.members, m)
	return nil
}

// jsonString writes s as JSON, without the escapes that HTML would need.
func jsonString(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(s) // a string cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
