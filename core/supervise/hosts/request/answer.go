package request

import (
	"bufio"
	"strconv"
	"strings"
)

// An Answer is the answer to a request, up to its body.
type Answer struct {
	Status string // three digits
	// Chunked and Length say how the body ends; Length is -1 where the connection's end
	// is its end.
	Chunked bool
	Length  int64

	text []byte
}

// ReadAnswer reads the head of an answer to CONNECT, or to a request for an upgrade.
func ReadAnswer(r *bufio.Reader) (*Answer, error) {
	left := Largest
	line, err := readLine(r, &left)
	if err != nil {
		return nil, err
	}
	version, rest, _ := strings.Cut(line, " ")
	status, _, _ := strings.Cut(rest, " ")
	if !strings.HasPrefix(version, "HTTP/1.") || len(status) != 3 || strings.Trim(status, "0123456789") != "" {
		return nil, Error("the answer is none of HTTP/1")
	}
	fields, err := readFields(r, &left)
	if err != nil {
		return nil, err
	}
	h := Head{fields: fields}
	a := &Answer{Status: status, Length: -1, text: append([]byte(line), "\r\n"...)}
	for _, f := range fields {
		a.text = append(a.text, f.written+": "+f.value+"\r\n"...)
	}
	a.text = append(a.text, "\r\n"...)
	length, sized, _ := h.one("content-length")
	coding, _, _ := h.one("transfer-encoding")
	switch {
	case a.Interim() || status == "204" || status == "304":
		a.Length = 0
	case Lower(coding) == "chunked":
		a.Chunked = true
	case sized && coding == "":
		if n, err := strconv.ParseUint(length, 10, 62); err == nil {
			a.Length = int64(n)
		}
	}
	return a, nil
}

// Interim reports whether another answer to the same request follows.
func (a *Answer) Interim() bool { return a.Status[0] == '1' && a.Status != "101" }

// SendHead sends on the head of an answer.
func (w *Way) SendHead(a *Answer) error {
	w.Out.Write(a.text)
	return w.Out.Flush()
}

// SendAnswer sends on an answer whose head was read from In, but a body that ends with the
// connection.
func (w *Way) SendAnswer(a *Answer) error {
	w.Out.Write(a.text)
	var err error
	if a.Chunked {
		err = w.chunks()
	} else {
		err = w.bytes(max(a.Length, 0))
	}
	if err != nil {
		return err
	}
	return w.Out.Flush()
}
