package endpoint

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/credential"
)

const (
	key   = "real-key-of-the-service"
	token = "nono-made-up"
)

// A service is a stand-in by TLS, and an endpoint that leads there.
type service struct {
	*httptest.Server
	at    string // HOST:PORT of the endpoint
	e     *Endpoint
	mu    sync.Mutex
	told  []audit.Event
	asked []string
}

func newService(t *testing.T, auth string, limit credential.Limit, h http.HandlerFunc) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.Host+" "+r.RequestURI)
		s.mu.Unlock()
		h(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	s.serve(t, auth, limit)
	return s
}

// newServiceFor makes an endpoint for a server that runs already.
func newServiceFor(t testing.TB, srv *httptest.Server, limit credential.Limit) *service {
	t.Helper()
	s := &service{Server: srv}
	s.serve(t, "bearer", limit)
	return s
}

// serve makes the endpoint.
func (s *service) serve(t testing.TB, auth string, limit credential.Limit) {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.at = l.Addr().String()
	s.e, err = with(credential.Given{Name: "test", Host: s.Listener.Addr().String(), Auth: auth, Token: token, Key: key, CA: string(ca), Limit: limit}, s.at,
		func(e audit.Event) { s.mu.Lock(); s.told = append(s.told, e); s.mu.Unlock() })
	must(t, err)
	go s.e.server.Serve(l)
	t.Cleanup(func() { s.e.server.Close() })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a request as a client inside does.
func (s *service) ask(t *testing.T, method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, "http://"+s.at+path, body)
	must(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp, string(text)
}

func echo(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "%s|%s|%s|%d", r.Header.Get("Authorization"), r.Header.Get("X-Api-Key"), r.URL.RequestURI(), r.ProtoMajor)
}

// The real key goes where the made-up one was, in the form of the service.
func TestKey(t *testing.T) {
	for _, c := range []struct{ auth, header, value, want string }{
		{"bearer", "Authorization", "Bearer " + token, "Bearer " + key + "||/v1/x?y=%2F|2"},
		{"header:X-Api-Key", "x-api-key", token, "|" + key + "|/v1/x?y=%2F|2"},
		{"basic:ada", "Authorization", "Basic YWRhOm5vbm8tbWFkZS11cA==", "Basic YWRhOnJlYWwta2V5LW9mLXRoZS1zZXJ2aWNl||/v1/x?y=%2F|2"},
	} {
		s := newService(t, c.auth, credential.Limit{}, echo)
		if resp, text := s.ask(t, "GET", "/v1/x?y=%2F", nil, c.header, c.value); resp.StatusCode != 200 || text != c.want {
			t.Errorf("%s: %d %q", c.auth, resp.StatusCode, text)
		}
		total := s.e.Total()
		if total.Requests != 1 || total.Received != int64(len(c.want)) || total.Denied != 0 {
			t.Errorf("%+v", total)
		}
	}
}

// What is refused never reaches the service, and the log is told.
func TestRefused(t *testing.T) {
	s := newService(t, "bearer", credential.Limit{}, echo)
	good := []string{"Authorization", "Bearer " + token}
	for _, c := range []struct {
		method, path string
		headers      []string
		status       int
		reason       string
	}{
		{"GET", "/", nil, 401, "no_made_up_key"},
		{"GET", "/", []string{"Authorization", "Bearer " + key}, 401, "no_made_up_key"},
		{"GET", "/", []string{"Authorization", "Bearer " + token + "x"}, 401, "no_made_up_key"},
		{"GET", "/", []string{"Authorization", "Bearer nono-of-another-run"}, 401, "no_made_up_key"},
		{"GET", "/", []string{"Authorization", token}, 401, "no_made_up_key"},
		{"GET", "/", []string{"X-Api-Key", token}, 401, "no_made_up_key"},
		{"GET", "/", []string{"Authorization", "Bearer " + token, "Authorization", "Bearer other"}, 401, "no_made_up_key"},
		{"GET", "/", append(good, "Host", "evil.example"), 421, "foreign_host"},
		{"GET", "/", append(good, "Host", s.Listener.Addr().String()), 421, "foreign_host"},
		{"TRACE", "/", good, 405, "method"},
	} {
		if resp, text := s.ask(t, c.method, c.path, nil, c.headers...); resp.StatusCode != c.status {
			t.Errorf("%+v: %d %q", c, resp.StatusCode, text)
		}
		if last := s.told[len(s.told)-1]; last.Kind != audit.Refused || last.Reason != c.reason || last.Credential != "test" {
			t.Errorf("%+v: told %+v", c, last)
		}
	}
	for raw, status := range map[string]string{
		"GET http://evil.example/ HTTP/1.1\r\nHost: " + s.at + "\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":                         "400",
		"GET http://" + s.at + "/ HTTP/1.1\r\nHost: " + s.at + "\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":                         "400",
		"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":                     "405",
		"OPTIONS * HTTP/1.1\r\nHost: " + s.at + "\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":                                        "400",
		"GET / HTTP/1.1\r\nHost: " + s.at + "\r\nHost: evil.example\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":                      "400",
		"GET / HTTP/1.1\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":                                                                  "400",
		"GET / HTTP/1.1\r\nHost: " + s.at + "\r\nAuthorization : Bearer " + token + "\r\nConnection: close\r\n\r\n":                                           "400",
		"POST / HTTP/1.1\r\nHost: " + s.at + "\r\nContent-Length: 3\r\nContent-Length: 4\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n": "400",
		"POST / HTTP/1.1\r\nHost: " + s.at + "\r\nTransfer-Encoding: gzip, chunked\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n":       "501",
	} {
		if got := strings.SplitN(s.raw(t, raw), " ", 3); len(got) < 2 || got[1] != status {
			t.Errorf("%q: %q", raw, got)
		}
	}
	if len(s.asked) > 0 {
		t.Errorf("the service was asked %q", s.asked)
	}
	// The control, by each name.
	for _, host := range []string{s.at, strings.Replace(s.at, "127.0.0.1", "localhost", 1)} {
		if resp, _ := s.ask(t, "GET", "/", nil, append(good, "Host", host)...); resp.StatusCode != 200 {
			t.Errorf("%s: %d", host, resp.StatusCode)
		}
	}
}

// raw writes bytes to the endpoint and returns all that comes back.
func (s *service) raw(t *testing.T, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", s.at)
	must(t, err)
	defer c.Close()
	io.WriteString(c, text)
	answer, _ := io.ReadAll(c)
	return string(answer)
}

// Of two lengths one counts, here and at the service, and what stands behind the body is
// a request of its own, which is judged as one.
func TestSmuggling(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	s := newService(t, "bearer", credential.Limit{}, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		bodies = append(bodies, r.URL.Path+" "+string(b))
		mu.Unlock()
	})
	head := " HTTP/1.1\r\nHost: " + s.at + "\r\nAuthorization: Bearer " + token + "\r\n"
	hidden := "GET /hidden HTTP/1.1\r\nHost: " + s.at + "\r\nConnection: close\r\n\r\n"
	answer := s.raw(t, "POST /seen"+head+"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+hidden)
	if len(bodies) != 1 || bodies[0] != "/seen " || strings.Count(answer, "HTTP/1.1 200") > 1 {
		t.Errorf("the service was sent %q; answered %q", bodies, answer)
	}
	bodies = nil
	// Without its own key the hidden request is refused.
	answer = s.raw(t, fmt.Sprintf("POST /seen%sContent-Length: 2\r\n\r\nab%s", head, hidden))
	if len(bodies) != 1 || bodies[0] != "/seen ab" || !strings.Contains(answer, "401") {
		t.Errorf("the service was sent %q; answered %q", bodies, answer)
	}
	// A path cannot lead to another host.
	bodies = nil
	for _, path := range []string{"//evil.example/x", "/..//../x", "/@evil.example/", "/%2e%2e/x", "/\\evil.example"} {
		s.raw(t, "GET "+path+head+"Connection: close\r\n\r\n")
	}
	if len(bodies) == 0 {
		t.Error("no path was sent on")
	}
	for _, asked := range s.asked {
		if !strings.Contains(asked, " "+s.Listener.Addr().String()+" ") {
			t.Errorf("the service was asked as %q", asked)
		}
	}
}

// Headers that a client says are for this hop alone cannot take the real key out, nor let
// the made-up one through.
func TestHopByHop(t *testing.T) {
	s := newService(t, "header:x-api-key", credential.Limit{}, echo)
	_, text := s.ask(t, "GET", "/", nil, "x-api-key", token, "Connection", "x-api-key, keep-alive", "Authorization", "Bearer "+token)
	if text != "|"+key+"|/|2" {
		t.Error(text)
	}
}

// Each event comes through before the next is made.
func TestStreaming(t *testing.T) {
	next := make(chan bool)
	s := newService(t, "bearer", credential.Limit{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 5 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	})
	r, _ := http.NewRequest("GET", "http://"+s.at+"/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	for i := range 5 {
		line, err := in.ReadString('\n')
		must(t, err)
		in.ReadString('\n')
		if line != fmt.Sprintf("data: %d\n", i) {
			t.Error(line)
		}
		next <- true
	}
}

// Bodies of any size go both ways as they are, and are counted.
func TestBodies(t *testing.T) {
	s := newService(t, "bearer", credential.Limit{}, func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		io.Copy(io.MultiWriter(w, sum), r.Body)
		w.Header().Set(http.TrailerPrefix+"Sum", hex.EncodeToString(sum.Sum(nil)))
	})
	big := bytes.Repeat([]byte("0123456789abcdef"), 4<<20/16)
	resp, text := s.ask(t, "POST", "/", bytes.NewReader(big), "Authorization", "Bearer "+token)
	if resp.StatusCode != 200 || text != string(big) {
		t.Errorf("%d, %d bytes", resp.StatusCode, len(text))
	}
	if total := s.e.Total(); total.Sent != int64(len(big)) || total.Received != int64(len(big)) {
		t.Errorf("%+v", total)
	}
}

// A connection that becomes another protocol's goes through, by HTTP/1.1.
func TestUpgrade(t *testing.T) {
	s := newService(t, "bearer", credential.Limit{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+key {
			w.WriteHeader(403)
			return
		}
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, _ := rw.ReadString('\n')
		io.WriteString(c, "you said "+line)
	})
	c, err := net.Dial("tcp", s.at)
	must(t, err)
	defer c.Close()
	io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: "+s.at+"\r\nAuthorization: Bearer "+token+"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	in := bufio.NewReader(c)
	if line, _ := in.ReadString('\n'); !strings.Contains(line, " 101 ") {
		t.Fatal(line)
	}
	for line := "x"; line != "\r\n" && line != ""; line, _ = in.ReadString('\n') {
	}
	io.WriteString(c, "hello\n")
	if line, _ := in.ReadString('\n'); line != "you said hello\n" {
		t.Error(line)
	}
}

// A redirect to the service stays at the endpoint; one elsewhere is passed on, and the
// key is not.
func TestRedirects(t *testing.T) {
	var s *service
	s = newService(t, "bearer", credential.Limit{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", map[string]string{
			"/same": "https://" + s.Listener.Addr().String() + "/there?x=1", "/other": "https://evil.example/", "/path": "/there"}[r.URL.Path])
		w.WriteHeader(307)
	})
	for path, want := range map[string]string{"/same": "http://" + s.at + "/there?x=1", "/other": "https://evil.example/", "/path": "/there"} {
		if resp, _ := s.ask(t, "GET", path, nil, "Authorization", "Bearer "+token); resp.StatusCode != 307 || resp.Header.Get("Location") != want {
			t.Errorf("%s: %d %q", path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	if len(s.asked) != 3 {
		t.Errorf("%q", s.asked)
	}
}

// A certificate that does not lead to a trusted one gets nothing.
func TestUntrusted(t *testing.T) {
	s := newService(t, "bearer", credential.Limit{}, echo)
	g := s.e.given
	g.CA = ""
	e, err := with(g, s.at, func(audit.Event) {})
	must(t, err)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = s.at
	r.Header.Set("Authorization", "Bearer "+token)
	e.ServeHTTP(w, r)
	if w.Code != 502 || !strings.Contains(w.Body.String(), "certificate") || strings.Contains(w.Body.String(), key) || len(s.asked) > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if g.CA = "no certificate"; g.CA != "" {
		if _, err := with(g, s.at, nil); err == nil {
			t.Error("a file without certificates is taken")
		}
	}
}

func TestLimit(t *testing.T) {
	s := newService(t, "bearer", credential.Limit{Requests: 2, Per: time.Hour}, echo)
	for i, want := range []int{200, 200, 429, 429} {
		resp, _ := s.ask(t, "GET", "/", nil, "Authorization", "Bearer "+token)
		if resp.StatusCode != want || (want == 429) != (resp.Header.Get("Retry-After") != "") {
			t.Errorf("request %d: %d", i, resp.StatusCode)
		}
	}
	l := limiter{limit: credential.Limit{Requests: 2, Per: time.Minute}}
	now := time.Now()
	for i, c := range []struct{ after, wait time.Duration }{
		{0, 0}, {10 * time.Second, 0}, {20 * time.Second, 40 * time.Second}, {60 * time.Second, 0}, {61 * time.Second, 9 * time.Second}, {70 * time.Second, 0},
	} {
		if wait := l.take(now.Add(c.after)); wait != c.wait {
			t.Errorf("%d: wait %v, want %v", i, wait, c.wait)
		}
	}
}

// HTTP/2 without TLS is spoken too, as some clients do on loopback.
func TestH2(t *testing.T) {
	s := newService(t, "bearer", credential.Limit{}, echo)
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	r := &http.Request{Method: "GET", URL: &url.URL{Scheme: "http", Host: s.at, Path: "/"}, Header: http.Header{"Authorization": {"Bearer " + token}}}
	resp, err := tr.RoundTrip(r)
	must(t, err)
	text, _ := io.ReadAll(resp.Body)
	if resp.ProtoMajor != 2 || string(text) != "Bearer "+key+"||/|2" {
		t.Errorf("%s %q", resp.Proto, text)
	}
}
