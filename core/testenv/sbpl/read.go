package sbpl

import (
	"fmt"
	"strings"
)

// An Expr is a symbol or number, a string, or a list.
type Expr struct {
	Atom string
	Str  bool
	List []Expr // not nil for a list
}

// Head returns the symbol that a list begins with, or "".
func (e Expr) Head() string {
	if len(e.List) == 0 || e.List[0].Str {
		return ""
	}
	return e.List[0].Atom
}

type reader struct {
	text string
	at   int
}

// Read reads all expressions of a profile, as TinyScheme does, from which Apple's
// reader descends.
func Read(text string) ([]Expr, error) {
	r := &reader{text: text}
	var all []Expr
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

const blanks = " \t\n\r\v\f"

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
		case strings.IndexByte(blanks, c) >= 0:
			r.at++
		default:
			return
		}
	}
}

func (r *reader) expr() (Expr, error) {
	switch r.text[r.at] {
	case '(':
		return r.parens()
	case ')':
		return Expr{}, fmt.Errorf("a ) too many")
	case '"':
		return r.literal()
	case '#':
		return r.sharp()
	case '\'':
		r.at++
		if r.at == len(r.text) {
			return Expr{}, fmt.Errorf("nothing is quoted")
		}
		e, err := r.expr()
		return Expr{List: []Expr{{Atom: "quote"}, e}}, err
	}
	atom := r.word()
	for _, c := range atom {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-*?!=<>_+./%", c) {
			return Expr{}, fmt.Errorf("%q is no symbol that a profile has", atom)
		}
	}
	return Expr{Atom: atom}, nil
}

// word returns what stands here up to the next delimiter.
func (r *reader) word() string {
	n := strings.IndexAny(r.text[r.at:], blanks+"()\";'")
	if n < 0 {
		n = len(r.text) - r.at
	}
	word := r.text[r.at : r.at+n]
	r.at += n
	return word
}

func (r *reader) parens() (Expr, error) {
	e := Expr{List: []Expr{}}
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
		e.List = append(e.List, sub)
	}
}

// sharp reads what begins with #: a raw string, in which a backslash stays what
// it is, or true or false. Numbers like #x1f end Apple's compiler without a word
// in some places, so they are an error here.
func (r *reader) sharp() (Expr, error) {
	if !strings.HasPrefix(r.text[r.at:], `#"`) {
		switch word := r.word(); word {
		case "#t", "#f":
			return Expr{Atom: word}, nil
		default:
			return Expr{}, fmt.Errorf("%q is not read everywhere", word)
		}
	}
	start := r.at + 2
	for i := start; i < len(r.text); i++ {
		switch r.text[i] {
		case '\\':
			i++ // a quote behind it does not end the string
		case '"':
			r.at = i + 1
			return Expr{Atom: r.text[start:i], Str: true}, nil
		}
	}
	return Expr{}, fmt.Errorf("a raw string does not end")
}

// longest is the most bytes of a string literal: TinyScheme has a buffer of 256.
const longest = 255

// literal reads a string. A backslash makes the next byte stand for itself only
// before a quote or another backslash, which is all that is relied on; \u is not
// read the same everywhere.
func (r *reader) literal() (Expr, error) {
	var b []byte
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case '"':
			r.at++
			if len(b) > longest {
				return Expr{}, fmt.Errorf("a string of %d bytes", len(b))
			}
			return Expr{Atom: string(b), Str: true}, nil
		case '\\':
			r.at++
			if r.at == len(r.text) || r.text[r.at] != '"' && r.text[r.at] != '\\' {
				return Expr{}, fmt.Errorf("an escape that is not known everywhere")
			}
			b = append(b, r.text[r.at])
		case 0:
			return Expr{}, fmt.Errorf("a NUL, where the argument ends")
		default:
			b = append(b, c)
		}
	}
	return Expr{}, fmt.Errorf("a string does not end")
}
