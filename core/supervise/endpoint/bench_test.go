package endpoint

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/credential"
)

// stream is how much an answer has in the measurement of streaming.
const stream = 64 << 20

// answers serves a byte at once, and a long answer.
func answers(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/first" {
		w.Write([]byte("x"))
		return
	}
	block := make([]byte, 64<<10)
	for range stream / len(block) {
		w.Write(block)
	}
}

// ways are a request straight to the service by TLS, and one through an endpoint.
func ways(b *testing.B, h2 bool) map[string]func(path string) *http.Response {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(answers))
	srv.EnableHTTP2 = h2
	srv.StartTLS()
	b.Cleanup(srv.Close)
	s := newServiceFor(b, srv, credential.Limit{})
	direct := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: h2, DisableCompression: true}}
	through := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	get := func(c *http.Client, base string) func(string) *http.Response {
		return func(path string) *http.Response {
			r, err := http.NewRequest("GET", base+path, nil)
			must(b, err)
			r.Header.Set("Authorization", "Bearer "+token)
			resp, err := c.Do(r)
			must(b, err)
			return resp
		}
	}
	return map[string]func(string) *http.Response{"direct": get(direct, srv.URL), "endpoint": get(through, "http://"+s.at)}
}

// BenchmarkFirstByte measures the time from a request to the first byte of its answer, on
// a connection that is there.
func BenchmarkFirstByte(b *testing.B) {
	for name, get := range ways(b, true) {
		b.Run(name, func(b *testing.B) {
			least := time.Hour
			for b.Loop() {
				begun := time.Now()
				resp := get("/first")
				io.ReadFull(resp.Body, make([]byte, 1))
				least = min(least, time.Since(begun))
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			b.ReportMetric(float64(least.Microseconds()), "least-us")
		})
	}
}

// BenchmarkStream measures the bytes of a long answer in a second.
func BenchmarkStream(b *testing.B) {
	for proto, h2 := range map[string]bool{"http1": false, "http2": true} {
		for name, get := range ways(b, h2) {
			b.Run(proto+"/"+name, func(b *testing.B) {
				b.SetBytes(stream)
				for b.Loop() {
					resp := get("/stream")
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
		}
	}
}
