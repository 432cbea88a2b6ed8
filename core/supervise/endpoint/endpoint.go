// Package endpoint is how a key stays outside of a sandbox: an HTTP server on loopback
// that takes requests with a made-up key and sends them on, with the real one, to the one
// host that the key is for.
//
// What a request says decides its method, its path and its body, and never where it goes:
// the host, the protocol and the header with the key are set here. It is read and written
// anew by net/http, so that the service never sees two lengths in one request.
package endpoint

import (
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/fault"
)

// An Endpoint serves one credential of one run.
type Endpoint struct {
	given   credential.Given
	address string // HOST:PORT as clients inside name it
	names   []string
	limit   limiter
	count   counter
	tell    func(audit.Event)
	proxy   *httputil.ReverseProxy
	server  *http.Server
}

// New makes the endpoint of a credential. tell is told of what is refused; it may be
// called by several goroutines.
func New(g credential.Given, tell func(audit.Event)) (*Endpoint, error) {
	file := os.NewFile(uintptr(g.Listen), "endpoint")
	l, err := net.FileListener(file)
	if err != nil {
		return nil, &fault.Error{Do: "listen for requests to " + g.Host, Err: err}
	}
	file.Close()
	e, err := with(g, l.Addr().String(), tell)
	if err != nil {
		l.Close()
		return nil, err
	}
	go e.server.Serve(l)
	return e, nil
}

// with makes an endpoint that serves nothing yet.
func with(g credential.Given, address string, tell func(audit.Event)) (*Endpoint, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	e := &Endpoint{given: g, address: address, names: []string{address, "localhost:" + port}, tell: tell,
		limit: limiter{limit: g.Limit}}
	to, err := newUpstream(&g)
	if err != nil {
		return nil, err
	}
	quiet := log.New(nothing{}, "", 0)
	e.proxy = &httputil.ReverseProxy{Transport: to, FlushInterval: -1, BufferPool: buffers{}, ErrorLog: quiet,
		Rewrite: e.rewrite, ModifyResponse: e.answered, ErrorHandler: e.failed}
	e.server = &http.Server{Handler: e, ReadHeaderTimeout: time.Minute, ErrorLog: quiet, Protocols: new(http.Protocols),
		DisableGeneralOptionsHandler: true}
	e.server.Protocols.SetHTTP1(true)
	e.server.Protocols.SetUnencryptedHTTP2(true)
	return e, nil
}

// ServeHTTP answers one request.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status, reason, text := e.refusal(r); status != 0 {
		e.refuse(w, status, reason, text)
		return
	}
	if wait := e.limit.take(time.Now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		e.refuse(w, http.StatusTooManyRequests, "limit", "the limit of "+e.given.Limit.String()+" is reached")
		return
	}
	e.count.requests.Add(1)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &countedBody{r.Body, &e.count.sent}
	}
	e.proxy.ServeHTTP(&counted{w, &e.count}, r)
}

// refuse answers in the service's place.
func (e *Endpoint) refuse(w http.ResponseWriter, status int, reason, text string) {
	e.count.refused.Add(1)
	e.tell(audit.Event{Kind: audit.Refused, Source: audit.Fact, Op: "http", Host: e.given.Host, Credential: e.given.Name, Reason: reason})
	http.Error(w, "nono: credential "+e.given.Name+": "+text, status)
}

// refusal says why a request is not sent on, or returns 0.
func (e *Endpoint) refusal(r *http.Request) (status int, reason, text string) {
	switch {
	case r.Method == http.MethodConnect || r.Method == http.MethodTrace:
		// TRACE would answer with the real key (RFC 9110, 9.3.8).
		return http.StatusMethodNotAllowed, "method", "this method is not sent on"
	case r.URL.Host != "" || r.URL.Scheme != "" || !strings.HasPrefix(r.RequestURI, "/"):
		return http.StatusBadRequest, "absolute_uri", "it must be a path, not a URL"
	case !e.known(r.Host):
		return http.StatusMisdirectedRequest, "foreign_host", "this is " + e.address + " alone"
	case !e.presented(r):
		return http.StatusUnauthorized, "no_made_up_key", "the made-up key of this run is missing"
	}
	return 0, "", ""
}

func (e *Endpoint) known(host string) bool {
	for _, name := range e.names {
		if strings.EqualFold(host, name) {
			return true
		}
	}
	return false
}

// rewrite makes the request to the service.
func (e *Endpoint) rewrite(p *httputil.ProxyRequest) {
	p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = "https", e.given.Host, e.given.Host
	p.Out.URL.User = nil
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Forwarded", "Origin", "Referer"} {
		p.Out.Header.Del(name)
	}
	if p.Out.Header.Get("User-Agent") == "" {
		p.Out.Header["User-Agent"] = nil // or net/http would name itself
	}
	e.authorize(p.Out.Header)
}

// answered has a redirect to the service itself lead to the endpoint. One to another
// host is the client's to follow, with its made-up key, which is worth nothing there.
func (e *Endpoint) answered(r *http.Response) error {
	to, err := url.Parse(r.Header.Get("Location"))
	if err != nil || to.Scheme != "https" || !strings.EqualFold(to.Host, e.given.Host) {
		return nil
	}
	to.Scheme, to.Host = "http", e.address
	r.Header.Set("Location", to.String())
	return nil
}

// failed answers where the service cannot be reached.
func (e *Endpoint) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler) // the client has gone: nothing may look like an answer
	}
	http.Error(w, "nono: credential "+e.given.Name+": cannot reach "+e.given.Host+": "+err.Error(), http.StatusBadGateway)
}

// Total is what went through, for the log.
func (e *Endpoint) Total() audit.Event {
	return audit.Event{Kind: audit.Credential, Source: audit.Fact, PID: os.Getpid(), Credential: e.given.Name, Host: e.given.Host,
		Requests: e.count.requests.Load(), Sent: e.count.sent.Load(), Received: e.count.received.Load(), Denied: e.count.refused.Load()}
}

// nothing is where net/http's own messages go: the client is told by its answer.
type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }
