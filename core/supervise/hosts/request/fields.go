package request

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A field is one line of a head (RFC 9110, 5).
type field struct {
	written string // the name as it came
	name    string // in lower case
	value   string // without white space at its ends
}

// readFields reads fields up to the empty line.
func readFields(r *bufio.Reader, left *int) ([]field, error) {
	fields := make([]field, 0, 16)
	for {
		line, err := readLine(r, left)
		if err != nil || line == "" {
			return fields, err
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !token(name) { // a space before the colon, or a folded line, too
			return nil, Error("a line of the head is no field")
		}
		fields = append(fields, field{name, Lower(name), strings.Trim(value, " \t")})
	}
}

// token reports whether text is one (RFC 9110, 5.6.2).
func token(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return text != ""
}

// Lower is text with ASCII letters in lower case. strings.ToLower makes a 'k' of the
// Kelvin sign too, which nobody else takes for one.
func Lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// one returns the value of a field that may stand there once.
func (h *Head) one(name string) (value string, has bool, err error) {
	for _, f := range h.fields {
		if f.name != name {
			continue
		}
		if has {
			return "", true, Error("the field " + name + " stands there twice")
		}
		value, has = f.value, true
	}
	return value, has, nil
}

// options returns the values of a field that is a list, in lower case.
func (h *Head) options(name string) []string {
	var all []string
	for _, f := range h.fields {
		if f.name == name {
			all = append(all, split(Lower(f.value))...)
		}
	}
	return all
}

func split(list string) []string {
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.Trim(all[i], " \t")
	}
	return all
}

// without is a list without some of its parts, which are in lower case.
func without(list string, parts ...string) string {
	all := slices.DeleteFunc(split(list), func(s string) bool { return s == "" || slices.Contains(parts, Lower(s)) })
	return strings.Join(all, ", ")
}

// framing are the fields that say where a request ends and whom it is for.
var framing = []string{"host", "content-length", "transfer-encoding"}

// readFraming finds out how the body ends (RFC 9112, 6), and what else changes the meaning
// of what follows.
func (h *Head) readFraming(old bool) error {
	coding, chunked, err := h.one("transfer-encoding")
	if err != nil {
		return err
	}
	length, sized, err := h.one("content-length")
	switch {
	case err != nil:
		return err
	case chunked && sized:
		return Error("the request has a length and is in chunks")
	case chunked && (old || Lower(coding) != "chunked"):
		return Error("the coding of the body is not 'chunked'")
	case sized && (length == "" || len(length) > 18 || strings.Trim(length, "0123456789") != ""):
		return Error("the length of the body is no number")
	case (chunked || sized) && h.Method == "CONNECT":
		return Error("CONNECT has a body")
	}
	if h.Chunked = chunked; sized {
		h.Length, _ = strconv.ParseInt(length, 10, 64) // digits, few enough
	}
	options := h.options("connection")
	for _, name := range framing {
		if slices.Contains(options, name) {
			return Error("the field connection names the field " + name)
		}
	}
	h.WebSocket = !chunked && h.Length == 0 && h.Method == "GET" && slices.Contains(options, "upgrade") &&
		slices.Equal(h.options("upgrade"), []string{"websocket"})
	return nil
}

// unexpected makes the end in the middle of something an error.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
