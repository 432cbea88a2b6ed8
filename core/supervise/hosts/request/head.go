// Package request reads the heads and bodies of HTTP/1 requests (RFC 9112), for who must
// know which host each request of a connection asks for.
//
// It is strict: the server behind must understand every request as it was understood
// here. So what two readers could understand differently is refused, also where the
// standard asks servers to be lenient.
package request

import (
	"bufio"
	"bytes"
	"strings"
)

// Largest is the size, in bytes, of a head that is read.
const Largest = 64 << 10

// A Head is a request up to its body.
type Head struct {
	Method string
	// Host and Port are what the request asks for: by its target where that is a whole
	// URL or a CONNECT's, and by its field Host otherwise. Port is 0 where none is
	// named. Host is in lower case, without a dot at its end, and "" where the request
	// names no host.
	Host string
	Port uint16
	// Absolute tells that the target is a URL of the scheme http, as for a proxy.
	Absolute bool
	// Chunked and Length say how the body ends; Length is 0 where there is none.
	Chunked bool
	Length  int64
	// WebSocket tells that the request has no body and asks for that upgrade.
	WebSocket bool

	line   string
	fields []field
}

// An Error says why a request is refused.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// TooLarge is the error of a head that is larger than Largest.
	TooLarge = Error("the head of the request is too large")
	// NotHTTP1 is the error of what does not begin as a request of HTTP/1.
	NotHTTP1 = Error("that is no request of HTTP/1.0 or HTTP/1.1")
)

// Read reads one head. The error is io.EOF where nothing comes, an Error where the request
// is refused, and otherwise the reader's.
func Read(r *bufio.Reader) (*Head, error) {
	first, err := r.Peek(1)
	switch {
	case err != nil:
		return nil, err
	case !token(string(first)): // TLS, say, in which no line would ever end
		return nil, NotHTTP1
	}
	left := Largest
	line, err := readLine(r, &left)
	if err != nil {
		return nil, err
	}
	h := &Head{line: line}
	target, old, err := h.readLine()
	if err != nil {
		return nil, err
	}
	if h.fields, err = readFields(r, &left); err != nil {
		return nil, err
	}
	if err := h.readTarget(target); err != nil {
		return nil, err
	}
	return h, h.readFraming(old)
}

// readLine reads up to CR LF, which it leaves out. Of a size it takes what was read.
func readLine(r *bufio.Reader, left *int) (string, error) {
	var whole []byte
	for {
		part, err := r.ReadSlice('\n')
		if *left -= len(part); *left < 0 {
			return "", TooLarge
		}
		switch {
		case err == bufio.ErrBufferFull:
			whole = append(whole, part...)
			continue
		case err != nil:
			return "", unexpected(err)
		case whole != nil:
			part = append(whole, part...)
		}
		line, ok := bytes.CutSuffix(part, []byte("\r\n"))
		if !ok {
			return "", Error("a line ends without CR")
		}
		for _, c := range line {
			if c < ' ' && c != '\t' || c == 0x7f {
				return "", Error("a line has a control character")
			}
		}
		return string(line), nil
	}
}

// readLine takes the first line apart.
func (h *Head) readLine() (target string, old bool, err error) {
	method, rest, _ := strings.Cut(h.line, " ")
	target, version, _ := strings.Cut(rest, " ")
	if !token(method) || version != "HTTP/1.1" && version != "HTTP/1.0" || method == "PRI" {
		return "", false, NotHTTP1
	}
	if target == "" || strings.ContainsAny(target, "\t#") {
		return "", false, Error("the target of the request is none")
	}
	h.Method = method
	return target, version == "HTTP/1.0", nil
}

// Text returns the head as it is to be sent on: as it came, but without fields that front
// ends take for the host, and without an upgrade to what is not looked into.
func (h *Head) Text(webSocket bool) []byte {
	b := make([]byte, 0, 1024)
	b = append(append(b, h.line...), "\r\n"...)
	for _, f := range h.fields {
		value := f.value
		switch f.name {
		case "forwarded", "x-forwarded-host":
			continue
		case "upgrade", "http2-settings":
			if !webSocket {
				continue
			}
		case "connection":
			if !webSocket {
				if value = without(value, "upgrade", "http2-settings"); value == "" {
					continue
				}
			}
		}
		b = append(append(append(append(b, f.written...), ": "...), value...), "\r\n"...)
	}
	return append(b, "\r\n"...)
}
