package hosts

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
)

// web relays HTTP and looks at every request of the connection: the next one may ask
// for another host.
func (r *relay) web(c *net.TCPConn, d destination) {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL = &url.URL{Scheme: "http", Host: d.name, Path: p.In.URL.Path, RawPath: p.In.URL.RawPath, RawQuery: p.In.URL.RawQuery}
			p.Out.Host = p.In.Host
			p.Out.Header["User-Agent"] = p.In.Header["User-Agent"]
			onlyWebSocket(p.Out.Header)
		},
		Transport: &http.Transport{
			DisableCompression: true,
			DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return r.dial(ctx, d) },
		},
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { panic(http.ErrAbortHandler) },
		ErrorLog:      nothing,
	}
	defer proxy.Transport.(*http.Transport).CloseIdleConnections()
	one := &oneConn{conn: c, done: make(chan struct{})}
	var taken atomic.Bool // by the proxy, for a protocol such as WebSocket
	server := &http.Server{ReadHeaderTimeout: helloTimeout, ErrorLog: nothing,
		ConnState: func(_ net.Conn, s http.ConnState) {
			switch s {
			case http.StateHijacked:
				taken.Store(true)
			case http.StateClosed:
				one.finish()
			}
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if host := hostOf(q); host != d.name || q.Method == http.MethodConnect {
				r.mismatch(d, host)
				http.Error(w, "nono: the request asks for another host than the connection is for", http.StatusForbidden)
				return
			}
			defer func() {
				if taken.Load() {
					one.finish()
				}
			}()
			proxy.ServeHTTP(w, q)
		})}
	server.Serve(one)
}

// onlyWebSocket keeps a request from going over to another protocol than WebSocket: after
// that nobody looks at what is asked for, and HTTP/2 asks for a host with each request.
func onlyWebSocket(h http.Header) {
	if !strings.EqualFold(h.Get("Upgrade"), "websocket") {
		h.Del("Upgrade")
		h.Del("Connection")
	}
}

// hostOf is the host that a request asks for, in lower case and without the port 80.
func hostOf(q *http.Request) string {
	host := strings.TrimSuffix(strings.ToLower(q.Host), ":80")
	return strings.TrimSuffix(host, ".")
}
