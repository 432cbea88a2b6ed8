package hosts

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/spec"
)

// relayTo returns a function that connects to the handler by way of a relay of HTTP, as a
// program that may reach good.example alone.
func relayTo(t *testing.T, h http.Handler) func() (net.Conn, error) {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	at := netip.MustParseAddrPort(server.Listener.Addr().String())
	rules := newRules(&spec.Spec{Hosts: []spec.Host{{Name: "good.example"}, {Addr: at.Addr().As16(), Bits: 128}}})
	resolver := &resolver{rules: rules, seen: map[string]found{"good.example": {addrs: []netip.Addr{at.Addr()}, until: time.Now().Add(time.Hour)}}}
	relay, err := newRelay(nil, resolver, newTeller(rules, nil))
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(func() { running.Wait(); unix.Close(relay.listener) })
	return func() (net.Conn, error) {
		c, err := net.Dial("tcp4", relay.address().String())
		if err != nil {
			return nil, err
		}
		port := uint16(c.LocalAddr().(*net.TCPAddr).Port)
		running.Go(func() {
			s, err := relay.arrival(port)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			w := newWeb(relay, s, destination{name: "good.example", port: at.Port()})
			w.run(w.requests)
		})
		return c, nil
	}
}

// Requests and answers of all sizes come through whole, those that come at once and those
// that take long, one after the other and side by side.
func TestWebMoves(t *testing.T) {
	dial := relayTo(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		wait, _ := time.ParseDuration(r.URL.Query().Get("wait"))
		time.Sleep(wait)
		w.Write(body[:len(body)/2])
		w.(http.Flusher).Flush()
		time.Sleep(wait)
		w.Write(body[len(body)/2:])
	}))
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return dial() }}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	once := func(size int, wait string) error {
		sent := bytes.Repeat([]byte("0123456789abcde\n"), size/16+1)[:size]
		answer, err := client.Post("http://good.example/?wait="+wait, "text/plain", bytes.NewReader(sent))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		got, err := io.ReadAll(answer.Body)
		if err != nil || !bytes.Equal(got, sent) {
			at := 0
			for at < min(len(got), len(sent)) && got[at] == sent[at] {
				at++
			}
			return fmt.Errorf("%d bytes, %d sent, other from %d (%q): %v", len(got), size, at, got[at:min(at+40, len(got))], err)
		}
		return nil
	}
	for _, wait := range []string{"0s", "12ms"} {
		for _, size := range []int{0, 1, 4096, 16384, littleMoved - 1, littleMoved + 200, 3 << 20} {
			if err := once(size, wait); err != nil {
				t.Errorf("after %s: %v", wait, err)
			}
			time.Sleep(2 * time.Millisecond) // some begin while somebody waits, and some after
		}
	}
	var all sync.WaitGroup
	for i := range 4 * mostWaits {
		all.Go(func() {
			if err := once(i*1000, "1ms"); err != nil {
				t.Errorf("side by side: %v", err)
			}
		})
	}
	all.Wait()
}

// What is sent without waiting for answers is answered in turn, and one that asks for
// another host is refused behind the answers of those before it.
func TestWebPipelines(t *testing.T) {
	dial := relayTo(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(20 * time.Millisecond)
		}
		io.WriteString(w, "answer to "+r.URL.Path)
	}))
	const good, other = " HTTP/1.1\r\nHost: good.example\r\n\r\n", " HTTP/1.1\r\nHost: other.example\r\n\r\n"
	for _, c := range []struct {
		send []string
		want []string
	}{
		{[]string{"GET /1" + good + "GET /2" + good}, []string{"answer to /1", "answer to /2"}},
		{[]string{"GET /1" + good, "GET /2" + good}, []string{"answer to /1", "answer to /2"}},
		{[]string{"GET /slow" + good, "GET /2" + good}, []string{"answer to /slow", "answer to /2"}},
		{[]string{"GET /1" + good + "GET /2" + other}, []string{"answer to /1", "403 Forbidden"}},
		{[]string{"GET /1" + good, "GET /2" + other}, []string{"answer to /1", "403 Forbidden"}},
		{[]string{"GET /slow" + good, "GET /2" + other}, []string{"answer to /slow", "403 Forbidden"}},
		{[]string{"GET /1 HTTP/1.1\r\n", "Host: other.example\r\n\r\n"}, []string{"403 Forbidden"}},
	} {
		conn, err := dial()
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(time.Minute))
		for _, text := range c.send {
			io.WriteString(conn, text)
			time.Sleep(2 * time.Millisecond)
		}
		conn.(*net.TCPConn).CloseWrite()
		got, err := io.ReadAll(conn)
		conn.Close()
		rest := string(got)
		for _, want := range c.want {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%q: %q, %v, lacks %q", c.send, got, err, want)
			}
			rest = after
		}
		if strings.Contains(rest, "answer") {
			t.Errorf("%q: %q: more than is allowed", c.send, got)
		}
	}
}

// A client that sends a head slowly, a byte each time before anybody stops waiting for it,
// is let go in the end like one that sends nothing.
func TestWebHeadEnds(t *testing.T) {
	relay, err := newRelay(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(relay.listener)
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	stop := make(chan struct{})
	defer func() { close(stop); writing.Wait(); unix.Close(fds[1]) }()
	s := relay.means.newStream(fds[0])
	defer s.Close()
	s.readUntil(time.Now().Add(30 * time.Millisecond))
	w := newWeb(relay, s, destination{})
	writing.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				unix.Write(fds[1], []byte("x"))
			}
		}
	})
	b := make([]byte, 1)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if _, err := w.Read(b); err != nil {
			if !isTimeout(err) {
				t.Errorf("%v", err)
			}
			return
		}
	}
	t.Error("reads go on after their time")
}
