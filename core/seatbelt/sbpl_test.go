package seatbelt

// A reader of SBPL as TinyScheme reads it, as far as profiles use it, and no
// further: what is not known here fails the test.

import (
	"fmt"
	"strings"
)

// An expr is a symbol or number, a string, or a list.
type expr struct {
	atom string
	str  bool
	list []expr // not nil for a list
}

func (e expr) head() string {
	if len(e.list) == 0 || e.list[0].str {
		return ""
	}
	return e.list[0].atom
}

type reader struct {
	text string
	at   int
}

// readProfile reads all of text.
func readProfile(text string) ([]expr, error) {
	r := &reader{text: text}
	var all []expr
	for {
		r.space()
		if r.at == len(r.text) {
			return all, nil
		}
		e, err := r.expr()
		if err != nil {
			return nil, fmt.Errorf("at byte %d: %w", r.at, err)
		}
		all = append(all, e)
	}
}

// space skips white space and comments.
func (r *reader) space() {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == ';':
			n := strings.IndexByte(r.text[r.at:], '\n')
			if n < 0 {
				n = len(r.text) - r.at
			}
			r.at += n
		case strings.IndexByte(" \t\n\r\v\f", c) >= 0:
			r.at++
		default:
			return
		}
	}
}

func (r *reader) expr() (expr, error) {
	switch r.text[r.at] {
	case '(':
		return r.parens()
	case ')':
		return expr{}, fmt.Errorf("a ) too many")
	case '"':
		return r.literal()
	case '\'':
		r.at++
		if r.at == len(r.text) {
			return expr{}, fmt.Errorf("nothing is quoted")
		}
		e, err := r.expr()
		return expr{list: []expr{{atom: "quote"}, e}}, err
	}
	n := strings.IndexAny(r.text[r.at:], " \t\n\r\v\f()\";'")
	if n < 0 {
		n = len(r.text) - r.at
	}
	atom := r.text[r.at : r.at+n]
	for _, c := range atom {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-*?_", c) {
			return expr{}, fmt.Errorf("%q is no symbol that a profile has", atom)
		}
	}
	r.at += n
	return expr{atom: atom}, nil
}

func (r *reader) parens() (expr, error) {
	e := expr{list: []expr{}}
	for r.at++; ; {
		r.space()
		if r.at == len(r.text) {
			return e, fmt.Errorf("a ) is missing")
		}
		if r.text[r.at] == ')' {
			r.at++
			return e, nil
		}
		sub, err := r.expr()
		if err != nil {
			return e, err
		}
		e.list = append(e.list, sub)
	}
}

// literal reads a string. A backslash makes the next byte stand for itself only
// before a quote or another backslash, which is all that is relied on. A literal
// as long as TinyScheme's buffer is an error.
func (r *reader) literal() (expr, error) {
	var b []byte
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case '"':
			r.at++
			if len(b) > 255 {
				return expr{}, fmt.Errorf("a string of %d bytes", len(b))
			}
			return expr{atom: string(b), str: true}, nil
		case '\\':
			r.at++
			if r.at == len(r.text) || r.text[r.at] != '"' && r.text[r.at] != '\\' {
				return expr{}, fmt.Errorf("an escape that is not known everywhere")
			}
			b = append(b, r.text[r.at])
		case 0:
			return expr{}, fmt.Errorf("a NUL, where the argument ends")
		default:
			b = append(b, c)
		}
	}
	return expr{}, fmt.Errorf("a string does not end")
}

// text returns the value of a string expression.
func (e expr) text() (string, error) {
	if e.str {
		return e.atom, nil
	}
	if e.head() != "string-append" {
		return "", fmt.Errorf("no string: %v", e)
	}
	var all string
	for _, part := range e.list[1:] {
		if !part.str {
			return "", fmt.Errorf("no string: %v", part)
		}
		all += part.atom
	}
	return all, nil
}
