package endpoint

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nono-sandbox/nono/core/credential"
)

// A counter counts what goes through: bytes of bodies, and all bytes after an upgrade.
type counter struct{ requests, refused, sent, received atomic.Int64 }

type countedBody struct {
	io.ReadCloser
	n *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}

// counted is the answer of one request.
type counted struct {
	http.ResponseWriter
	count *counter
}

// Unwrap is for http.ResponseController, by which the proxy flushes.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.count.received.Add(int64(n))
	return n, err
}

// Hijack takes the connection over after an upgrade.
func (c *counted) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(c.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &countedConn{conn, c.count}, rw, nil
}

type countedConn struct {
	net.Conn
	count *counter
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.count.sent.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.count.received.Add(int64(n))
	return n, err
}

// buffers are what answers are copied through.
type buffers struct{}

var pool = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

func (buffers) Get() []byte { return *pool.Get().(*[]byte) }

func (buffers) Put(b []byte) { pool.Put(&b) }

// A limiter lets so many requests through in any time of a length.
type limiter struct {
	mu    sync.Mutex
	limit credential.Limit
	times []time.Time // of the last requests, a ring
	next  int
}

// take lets a request through (0), or says how long to wait.
func (l *limiter) take(now time.Time) time.Duration {
	if l.limit.Requests == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.times) < l.limit.Requests {
		l.times = append(l.times, now)
		return 0
	}
	if wait := l.limit.Per - now.Sub(l.times[l.next]); wait > 0 {
		return wait
	}
	l.times[l.next] = now
	l.next = (l.next + 1) % len(l.times)
	return 0
}
