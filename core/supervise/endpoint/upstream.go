package endpoint

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"

	"github.com/nono-sandbox/nono/core/credential"
	"github.com/nono-sandbox/nono/core/fault"
)

// An upstream sends requests to the service by TLS: by HTTP/2 where the service has it,
// and by HTTP/1.1 where a request asks for another protocol, as WebSocket does.
type upstream struct{ any, upgrades *http.Transport }

func newUpstream(g *credential.Given) (*upstream, error) {
	roots, err := rootsFor(g)
	if err != nil {
		return nil, err
	}
	return &upstream{any: transport(roots, true), upgrades: transport(roots, false)}, nil
}

// rootsFor returns the certificates that the service's must lead to.
func rootsFor(g *credential.Given) (*x509.CertPool, error) {
	if g.CA != "" {
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM([]byte(g.CA)) {
			return nil, &fault.Error{Do: "trust the certificates for " + g.Host, Err: fault.Text("the file has none in PEM"), Hint: "name a file of certificates in PEM"}
		}
		return roots, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, &fault.Error{Do: "read the system's certificates", Err: err, Hint: "install ca-certificates"}
	}
	return roots, nil
}

// transport asks no proxy: its address would come from the command's environment. What is
// compressed stays so, and how long an answer may take is the client's to say.
func transport(roots *x509.CertPool, h2 bool) *http.Transport {
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 30 * time.Second, IdleConnTimeout: 90 * time.Second, MaxIdleConnsPerHost: 64,
		DisableCompression: true, ForceAttemptHTTP2: h2, WriteBufferSize: 64 << 10,
		ExpectContinueTimeout: time.Second, Protocols: new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(h2)
	return t
}

// RoundTrip sends one request.
func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Upgrade") != "" {
		return u.upgrades.RoundTrip(r)
	}
	return u.any.RoundTrip(r)
}
