package supervise

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
)

// A listing is a server that keeps all bytes that come to it, and answers each request that
// it understands.
type listing struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *listing) seen() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *listing) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// listen serves at port 80 of an address of its own.
func (l *listing) listen(t *testing.T, at string) {
	server, err := net.Listen("tcp", at)
	must(t, err)
	t.Cleanup(func() { server.Close() })
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(io.TeeReader(c, l))
				for {
					q, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if q.Header.Get("Expect") != "" {
						io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
					}
					if q.URL.Path == "/early" {
						io.WriteString(c, "HTTP/1.1 413 Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
						return
					}
					n, _ := io.Copy(io.Discard, q.Body)
					if q.Header.Get("Upgrade") == "websocket" && q.URL.Path == "/yes" {
						io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
						io.Copy(c, in)
						return
					}
					text := fmt.Sprintf("%s %s %d", q.Method, q.URL.Path, n)
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
					if q.Close {
						return
					}
				}
			}()
		}
	}()
}

// web has a program inside write what it likes to port 80 of an allowed host. What two
// servers could understand differently does not get there, and no other host is asked for.
func (w internet) web(t *testing.T, u testenv.User) {
	var came listing
	came.listen(t, w.address(t, "203.0.113.5")+":80")
	dir, run := w.runner(t, u)
	const good, evil = "Host: web.example\r\n", "Host: other.example\r\n"
	smuggled := "GET /smuggled HTTP/1.1\r\n" + evil + "\r\n"
	cases := []struct{ name, send, want string }{
		{"two requests in one segment", "GET /1 HTTP/1.1\r\n" + good + "\r\nGET /2 HTTP/1.1\r\n" + good + "\r\n", "200 GET /1 0;200 GET /2 0;"},
		{"a body and a request", "POST /1 HTTP/1.1\r\n" + good + "Content-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\n" + good + "\r\n", "200 POST /1 3;200 GET /2 0;"},
		{"chunks and a request", "POST /1 HTTP/1.1\r\n" + good + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\nGET /2 HTTP/1.1\r\n" + good + "\r\n", "200 POST /1 5;200 GET /2 0;"},
		{"a large body", "POST /1 HTTP/1.1\r\n" + good + "Content-Length: 300000\r\n\r\n" + strings.Repeat("x", 300000), "200 POST /1 300000;"},
		{"Expect", "POST /1 HTTP/1.1\r\n" + good + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", "100 ;200 POST /1 3;"},
		{"an early answer", "POST /early HTTP/1.1\r\n" + good + "Content-Length: 3\r\n\r\nabc", "413 ;"},
		{"a head of 60,000 bytes", "GET /1 HTTP/1.1\r\n" + good + "X: " + strings.Repeat("y", 60000) + "\r\n\r\n", "200 GET /1 0;"},
		{"a head of 70,000 bytes", "GET /1 HTTP/1.1\r\n" + good + "X: " + strings.Repeat("y", 70000) + "\r\n\r\n", "403 "},
		{"an upgrade", "GET /yes HTTP/1.1\r\n" + good + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello", "101 hello;"},
		{"an upgrade that is not granted", "GET /no HTTP/1.1\r\n" + good + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + smuggled, "200 GET /no 0;403 "},
		{"a later upgrade", "GET /1 HTTP/1.1\r\n" + good + "\r\nGET /yes HTTP/1.1\r\n" + good + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + smuggled, "200 GET /1 0;200 GET /yes 0;403 "},
		{"an upgrade to HTTP/2", "GET /yes HTTP/1.1\r\n" + good + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n" + smuggled, "200 GET /yes 0;403 "},
		{"an upgrade with a body", "POST /yes HTTP/1.1\r\n" + good + "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\na" + smuggled, "200 POST /yes 1;403 "},
		{"another host", smuggled, "403 "},
		{"another host later", "GET /1 HTTP/1.1\r\n" + good + "\r\n" + smuggled, "200 GET /1 0;403 "},
		{"another host behind a body", "POST /1 HTTP/1.1\r\n" + good + "Content-Length: 3\r\n\r\nabc" + smuggled, "200 POST /1 3;403 "},
		{"another host behind chunks", "POST /1 HTTP/1.1\r\n" + good + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + smuggled, "200 POST /1 1;403 "},
		{"another port", "GET /smuggled HTTP/1.1\r\nHost: web.example:81\r\n\r\n", "403 "},
		{"another URL", "GET http://other.example/smuggled HTTP/1.1\r\n" + good + "\r\n", "403 "},
		{"CONNECT", "CONNECT web.example:80 HTTP/1.1\r\n" + good + "\r\n" + smuggled, "403 "},
		{"TLS", "\x16\x03\x01\x00\x05smuggled", "403 "},
	}
	for _, c := range []string{evil, "host: web.example\r\n", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 3\r\nContent-Length: 4\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"Transfer-Encoding : chunked\r\n", "Transfer-Encoding:\x0bchunked\r\n", "X: y\r\n z\r\n", "X: y\nTransfer-Encoding: chunked\r\n", "X: y\rHost: other.example\r\n", "X\r\n", "Connection: host\r\n", "Content-Length: 0x10\r\n"} {
		cases = append(cases, struct{ name, send, want string }{fmt.Sprintf("the line %q", c), "POST /smuggled HTTP/1.1\r\n" + good + c + "\r\n0\r\n\r\n" + smuggled, "403 "})
	}
	var texts []string
	for _, c := range cases {
		texts = append(texts, c.send)
	}
	all, err := json.Marshal(texts)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "texts"), all, 0o644))
	got := strings.Split(run([]string{"--silent", "--host", "web.example"}, "write", "web.example:80", filepath.Join(dir, "texts")), "\n~\n")
	for i, c := range cases {
		if i >= len(got) || !strings.HasPrefix(got[i], c.want) || strings.HasSuffix(c.want, ";") && got[i] != c.want {
			t.Errorf("%s: want %q of %q", c.name, c.want, got)
		}
	}
	if text := came.seen(); strings.Contains(text, "smuggled") || strings.Contains(text, "other.example") {
		t.Errorf("the host got %q", text)
	}
	// The control: without a sandbox all of it gets there.
	c, err := net.Dial("tcp", "203.0.113.5:80")
	must(t, err)
	defer c.Close()
	io.WriteString(c, smuggled)
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || !strings.Contains(came.seen(), "smuggled") {
		t.Errorf("without a sandbox nothing gets there: %v", err)
	}
}

// write sends each text of a file on a connection of its own, and tells the answers.
func write(to, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var texts []string
	if err := json.Unmarshal(text, &texts); err != nil {
		return err
	}
	for _, text := range texts {
		if err := writeOne(to, text); err != nil {
			fmt.Print(err)
		}
		fmt.Print("\n~\n")
	}
	return nil
}

func writeOne(to, text string) error {
	c, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	defer c.Close()
	go func() {
		io.WriteString(c, text)
		c.(*net.TCPConn).CloseWrite()
	}()
	in := bufio.NewReader(c)
	for {
		a, err := http.ReadResponse(in, nil)
		if err == io.ErrUnexpectedEOF || err == io.EOF {
			return nil // the other side has no more to say
		}
		if err != nil {
			return err
		}
		if a.StatusCode == http.StatusSwitchingProtocols {
			a.Body = io.NopCloser(in)
		}
		body, _ := io.ReadAll(a.Body)
		fmt.Printf("%d %s;", a.StatusCode, strings.TrimSpace(string(body)))
	}
}
