package request

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// read reads a request whose lines are separated by '|', and its body.
func read(text string) (*Head, string, error) {
	in := bufio.NewReaderSize(strings.NewReader(strings.ReplaceAll(text, "|", "\r\n")), 16)
	h, err := Read(in)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w := Way{In: in, From: in, To: &out, Out: bufio.NewWriter(&out)}
	err = w.Send(h, false)
	return h, strings.ReplaceAll(out.String(), "\r\n", "|"), err
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ text, asks, sent string }{
		{"GET / HTTP/1.1|Host: a.example||", "a.example:0", ""},
		{"GET / HTTP/1.0|hOsT:\tA.Example.:80 ||", "a.example:80", "GET / HTTP/1.0|hOsT: A.Example.:80||"},
		{"GET http://a.example/x HTTP/1.1|Host: a.example:80||", "a.example:0 absolute", ""},
		{"GET HTTP://A.example:8080?x HTTP/1.1|Host: a.example:8080||", "a.example:8080 absolute", ""},
		{"GET http://a.example HTTP/1.0||", "a.example:0 absolute", ""},
		{"OPTIONS * HTTP/1.1|Host: a.example||", "a.example:0", ""},
		{"CONNECT a.example:443 HTTP/1.1|Host: a.example:443||", "a.example:443", ""},
		{"CONNECT a.example:443 HTTP/1.1|Host: a.example||", "a.example:443", ""},
		{"CONNECT [2001:DB8::1]:443 HTTP/1.0||", "2001:db8::1:443", ""},
		{"GET / HTTP/1.1|Host: 203.0.113.1:8080||", "203.0.113.1:8080", ""},
		{"GET /ü%0d%0a HTTP/1.1|Host: a.example|X: ü||", "a.example:0", ""},
		{"GET / HTTP/1.0||", ":0", ""},
		// Bodies. What follows is the next request's.
		{"POST / HTTP/1.1|Host: a.example|Content-Length: 5||12345GET /", "a.example:0", "POST / HTTP/1.1|Host: a.example|Content-Length: 5||12345"},
		{"POST / HTTP/1.1|Host: a.example|Content-Length: 0||GET /", "a.example:0", "POST / HTTP/1.1|Host: a.example|Content-Length: 0||"},
		{"POST / HTTP/1.1|Host: a.example|Transfer-Encoding: Chunked||a;x=y|0123456789|0|X: y||GET", "a.example:0",
			"POST / HTTP/1.1|Host: a.example|Transfer-Encoding: Chunked||a;x=y|0123456789|0|X: y||"},
		{"POST / HTTP/1.1|Host: a.example|Transfer-Encoding: chunked||24|" + strings.Repeat("x", 36) + "|0||", "a.example:0", ""},
		// Fields that are not sent on.
		{"GET / HTTP/1.1|Host: a.example|X-Forwarded-Host: b.example|Forwarded: host=b.example|A: b||", "a.example:0", "GET / HTTP/1.1|Host: a.example|A: b||"},
		{"GET / HTTP/1.1|Host: a.example|Connection: Upgrade, close, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: x||", "a.example:0", "GET / HTTP/1.1|Host: a.example|Connection: close||"},
		{"GET / HTTP/1.1|Host: a.example|Connection: Upgrade|Upgrade: websocket||", "a.example:0 websocket", "GET / HTTP/1.1|Host: a.example||"},
		{"GET / HTTP/1.1|Host: a.example|Connection: Upgrade|Upgrade: websocket, h2c||", "a.example:0", "GET / HTTP/1.1|Host: a.example||"},
		{"GET / HTTP/1.1|Host: a.example|Connection: Upgrade|Upgrade: TLS/1.0||", "a.example:0", "GET / HTTP/1.1|Host: a.example||"},
	} {
		h, sent, err := read(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		asks := fmt.Sprintf("%s:%d", h.Host, h.Port)
		if h.Absolute {
			asks += " absolute"
		}
		if h.WebSocket {
			asks += " websocket"
		}
		if c.sent == "" {
			c.sent = c.text
		}
		if asks != c.asks || sent != c.sent {
			t.Errorf("%q: it asks for %s, and is sent as %q", c.text, asks, sent)
		}
	}
}

// What two readers could understand differently is refused.
func TestRefused(t *testing.T) {
	head := func(lines string) string { return "POST / HTTP/1.1|Host: a.example|" + lines + "||0||" }
	for _, text := range []string{
		// What hosts are named.
		"GET / HTTP/1.1|Host: a.example|Host: b.example||", "GET / HTTP/1.1|Host: a.example|host: a.example||",
		"GET http://b.example/ HTTP/1.1|Host: a.example||", "GET http://a.example:81/ HTTP/1.1|Host: a.example||",
		"GET http://a.example@b.example/ HTTP/1.1|Host: a.example||", "GET http://a.example\\@b.example/ HTTP/1.1|Host: a.example||",
		"GET https://a.example/ HTTP/1.1|Host: a.example||", "GET //b.example/ HTTP/2|Host: a.example||",
		"GET a.example HTTP/1.1|Host: a.example||", "GET * HTTP/1.1|Host: a.example||", "CONNECT a.example HTTP/1.1|Host: a.example||",
		"CONNECT b.example:443 HTTP/1.1|Host: a.example:443||", "CONNECT http://a.example:443/ HTTP/1.1||",
		"GET / HTTP/1.1|Host: a.example, b.example||", "GET / HTTP/1.1|Host: a.example b.example||", "GET / HTTP/1.1|Host: a.example/||",
		"GET / HTTP/1.1|Host: a.example:||", "GET / HTTP/1.1|Host: a.example:080||", "GET / HTTP/1.1|Host: a.example:99999||", "GET / HTTP/1.1|Host:||",
		"GET / HTTP/1.1|Host: 127.1||", "GET / HTTP/1.1|Host: 2130706433||", "GET / HTTP/1.1|Host: a.0x7f||", "GET / HTTP/1.1|Host: 01.2.3.4||", "GET / HTTP/1.1|Host: \u212a.example||", "GET / HTTP/1.1|Host: [::1%25lo]||", "GET / HTTP/1.1|Host: [127.0.0.1]||", "GET / HTTP/1.1|Host: [::1]x||",
		// Lines.
		"GET / HTTP/1.1|Host : a.example||", "GET / HTTP/1.1| Host: b.example|Host: a.example||", "GET / HTTP/1.1|Host: a.example| b.example||",
		"GET / HTTP/1.1|Host: a.example|X: y\nHost: b.example||", "GET / HTTP/1.1|Host: a.example|X: y\rHost: b.example||", "GET / HTTP/1.1|Host: a.example\x00||",
		"GET / HTTP/1.1\nHost: a.example\n\n", "GET / HTTP/1.1|Host: a.example|X||", "GET / HTTP/1.1|Host: a.example|: y||", "GET / HTTP/1.1|Host: a.example|X\x80: y||",
		"GET  / HTTP/1.1|Host: a.example||", "GET / HTTP/1.1 |Host: a.example||", "GET / /b HTTP/1.1|Host: a.example||", "GET\t/ HTTP/1.1|Host: a.example||",
		"GET /|Host: a.example||", "GET / HTTP/1.2|Host: a.example||", "GET / HTTP/2.0|Host: a.example||", "GET / http/1.1|Host: a.example||",
		"|GET / HTTP/1.1|Host: a.example||", "PRI * HTTP/2.0||SM||", "\x16\x03\x01\x02\x00", "GET /#b HTTP/1.1|Host: a.example||",
		// Where the request ends.
		head("Content-Length: 5|Transfer-Encoding: chunked"), head("Content-Length: 5|Content-Length: 5"), head("Content-Length: 5, 5"), head("Content-Length: +5"),
		head("Content-Length: 0x5"), head("Content-Length: -1"), head("Content-Length:"), head("Content-Length: 5 5"), head("Content-Length: 9999999999999999999"),
		head("Transfer-Encoding: gzip, chunked"), head("Transfer-Encoding: identity"), head("Transfer-Encoding: chunked|Transfer-Encoding: chunked"),
		head("Transfer-Encoding: chunked, chunked"), head("Transfer-Encoding: \x0bchunked"), head("Transfer-Encoding: chun\u212aed"), head("Transfer-Encoding:"),
		"POST / HTTP/1.0|Host: a.example|Transfer-Encoding: chunked||0||", "CONNECT a.example:443 HTTP/1.1|Content-Length: 4||abcd",
		head("Connection: close, Content-Length"), head("Connection: HOST"), head("Connection: transfer-encoding|Transfer-Encoding: chunked"),
	} {
		_, _, err := read(text)
		if _, ok := err.(Error); !ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, body := range []string{"0x1|a|0||", "|0||", "-1|a|0||", "+1|a|0||", "1|ab|0||", "1|a\n0||", "1\na|0||", "g|0||", "ffffffffffffffff|", "1 ;|ab|", "0|Host: b.example||",
		"0|Content-Length: 1||", "0|X : y||", "1;" + strings.Repeat("x", 2000) + "|a|0||", "0|" + strings.Repeat("X: y|", 5000) + "|"} {
		_, _, err := read("POST / HTTP/1.1|Host: a.example|Transfer-Encoding: chunked||" + body)
		if _, ok := err.(Error); !ok {
			t.Errorf("chunks %q: %v", body, err)
		}
	}
	for _, text := range []string{"GET / HTTP/1.1|Host: a.example|X: " + strings.Repeat("y", Largest), "GET /" + strings.Repeat("x", Largest), "GET / HTTP/1.1|" + strings.Repeat("X: y|", Largest/6+1)} {
		if _, _, err := read(text); err != TooLarge {
			t.Errorf("a large head: %v", err)
		}
	}
	for _, text := range []string{"G", "GET / HTTP/1.1|", "GET / HTTP/1.1|Host: a.example|", "POST / HTTP/1.1|Host: a.example|Content-Length: 5||1234", head("Transfer-Encoding: chunked")[:60]} {
		if _, _, err := read(text); err != io.ErrUnexpectedEOF {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, _, err := read(""); err != io.EOF {
		t.Error(err)
	}
}

// FuzzRead holds what is sent on to another reader: it understands the same requests.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"GET / HTTP/1.1|Host: a.example||", "POST http://a/ HTTP/1.1|Host: a|Transfer-Encoding: chunked||1|a|0||GET / HTTP/1.0||",
		"POST / HTTP/1.1|Host: a|Content-Length: 3||abcGET / HTTP/1.1|Host: b||", "CONNECT a:1 HTTP/1.1||", "GET / HTTP/1.1|Host: [::1]:80|Connection: upgrade|Upgrade: websocket||"} {
		f.Add([]byte(strings.ReplaceAll(s, "|", "\r\n")))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in := bufio.NewReader(bytes.NewReader(text))
		var sent bytes.Buffer
		w := Way{In: in, From: in, To: &sent, Out: bufio.NewWriter(&sent)}
		var asked []string
		var sizes []int64
		for {
			h, err := Read(in)
			if err != nil {
				break
			}
			whole := sent.Len()
			if w.Send(h, h.WebSocket) != nil {
				sent.Truncate(whole)
				break
			}
			host := h.Host
			if strings.Contains(host, ":") {
				host = "[" + host + "]"
			}
			if h.Port != 0 {
				host += fmt.Sprint(":", h.Port)
			}
			size := h.Length
			if h.Chunked {
				size = -1
			}
			asked, sizes = append(asked, host), append(sizes, size)
		}
		other := bufio.NewReader(bytes.NewReader(sent.Bytes()))
		for i, host := range asked {
			q, err := http.ReadRequest(other)
			if err != nil {
				if strings.Contains(err.Error(), "URL") || strings.Contains(err.Error(), "uri") || strings.Contains(err.Error(), "parse") {
					return // net/url wants more of a target
				}
				t.Fatalf("%q: request %d: %v", sent.Bytes(), i, err)
			}
			got := strings.ToLower(q.Host)
			name, port, has := strings.Cut(got, ":")
			if !strings.HasPrefix(got, "[") {
				if got = strings.TrimSuffix(name, "."); has {
					got += ":" + port
				}
				if got != host {
					t.Fatalf("%q: request %d asks for %q, and another reader says %q", sent.Bytes(), i, host, got)
				}
			}
			if q.ContentLength != sizes[i] {
				t.Fatalf("%q: request %d has %d bytes, and another reader says %d", sent.Bytes(), i, sizes[i], q.ContentLength)
			}
			if _, err := io.Copy(io.Discard, q.Body); err != nil {
				t.Fatalf("%q: the body of request %d: %v", sent.Bytes(), i, err)
			}
		}
		if n, _ := other.Discard(1); n > 0 {
			t.Fatalf("%q: something is left", sent.Bytes())
		}
	})
}
