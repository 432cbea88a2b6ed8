package hosts

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/audit"
	"github.com/nono-sandbox/nono/core/supervise/hosts/request"
)

// A destination is what a socket that was connected to the relay is for.
type destination struct {
	name string
	addr netip.Addr // where there is no name
	port uint16
	// proxy tells that the connection leads to a proxy of HTTP.
	proxy bool
	dns   bool // the supervisor's own name server
	// direct tells that the relay is not needed.
	direct bool
	// inside tells that it is a server inside, to which server is a connection.
	inside bool
	server *net.TCPConn
	// who begins the events about the connection.
	who audit.Event
}

// host is the name or the address.
func (d destination) host() string {
	if d.name == "" {
		return d.addr.String()
	}
	return d.name
}

// A relay takes the connections that must be looked at. It knows a connection by its
// local port at 127.0.0.1, which no two have at a time: the supervisor made it, and told the
// relay what for. Whoever else on this machine connects is let go.
type relay struct {
	listener *net.TCPListener
	server   *server
	resolver *resolver
	told     *teller

	mu      sync.Mutex
	waiting map[uint16]destination
	news    *sync.Cond // of waiting
}

const (
	helloTimeout = 30 * time.Second
	tellTimeout  = 5 * time.Second
)

// relayIP is where the relay is, and where the supervisor connects from. The same port may
// be in use at another address, as 127.0.0.2.
var relayIP = net.IPv4(127, 0, 0, 1)

func newRelay(s *server, r *resolver, told *teller) (*relay, error) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: relayIP})
	if err != nil {
		return nil, err
	}
	relay := &relay{listener: l, server: s, resolver: r, told: told, waiting: map[uint16]destination{}}
	relay.news = sync.NewCond(&relay.mu)
	go relay.accept()
	return relay, nil
}

func (r *relay) port() int { return r.listener.Addr().(*net.TCPAddr).Port }

// expect tells what the connection from the local port is for.
func (r *relay) expect(port uint16, d destination) {
	r.mu.Lock()
	r.waiting[port] = d
	r.mu.Unlock()
	r.news.Broadcast()
}

// purpose waits until the connection's purpose is told, which mostly it is already.
func (r *relay) purpose(port uint16) (destination, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.waiting[port]
	if !ok {
		late := time.AfterFunc(tellTimeout, r.news.Broadcast)
		defer late.Stop()
		for end := time.Now().Add(tellTimeout); !ok && time.Now().Before(end); {
			r.news.Wait()
			d, ok = r.waiting[port]
		}
	}
	delete(r.waiting, port)
	return d, ok
}

func (r *relay) accept() {
	for {
		c, err := r.listener.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // no descriptor is free
			continue
		}
		go r.handle(c)
	}
}

func (r *relay) handle(c *net.TCPConn) {
	defer c.Close()
	from, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok || !from.IP.Equal(relayIP) {
		reset(c)
		return
	}
	d, ok := r.purpose(uint16(from.Port))
	if d.server != nil {
		defer d.server.Close()
	}
	switch {
	case !ok:
		reset(c)
	case d.inside:
		both(c, d.server)
	case d.dns:
		r.server.serveStream(c)
	case d.proxy:
		w := newWeb(r, c, d)
		w.run(w.proxied)
	case d.port == 80:
		w := newWeb(r, c, d)
		w.run(w.requests)
	default:
		r.encrypted(c, d)
	}
}

// reset has the other side see a refused connection and not an end of data.
func reset(c *net.TCPConn) { c.SetLinger(0) }

// encrypted relays a TLS connection whose first record asks for the name.
func (r *relay) encrypted(c *net.TCPConn, d destination) {
	c.SetReadDeadline(time.Now().Add(helloTimeout))
	asked, hello, err := serverName(c, c)
	c.SetReadDeadline(time.Time{})
	if err != nil || asked != d.name {
		r.mismatch(d, asked)
		reset(c)
		return
	}
	up, err := r.dial(context.Background(), d)
	if err != nil {
		reset(c)
		return
	}
	defer up.Close()
	if _, err := up.Write(hello); err != nil {
		return
	}
	both(c, up)
}

// mismatch tells that a connection is ended since it does not ask for its name.
func (r *relay) mismatch(d destination, asked string) {
	if asked == "" {
		r.told.ended(d.who, d.name, d.port, noNameAsked, raw(d), unix.ECONNRESET)
		return
	}
	d.who.To = asked
	r.told.ended(d.who, d.name, d.port, otherAsked, raw(d), unix.ECONNRESET)
}

// ambiguous tells that a connection is ended since one of its requests is not understood,
// or since it is not HTTP at all.
func (r *relay) ambiguous(d destination, other bool) {
	reason := ambiguous
	if other {
		reason = noNameAsked
	}
	r.told.ended(d.who, d.host(), d.port, reason, raw(d), unix.ECONNRESET)
}

// both moves bytes each way until both sides have ended. Between two TCP connections
// io.Copy moves them within the kernel (splice(2)).
func both(a, b *net.TCPConn) {
	var done sync.WaitGroup
	one := func(to, from *net.TCPConn) {
		defer done.Done()
		if _, err := io.Copy(to, from); err != nil {
			reset(to)
			to.Close()
			from.Close()
			return
		}
		to.CloseWrite()
	}
	done.Add(2)
	go one(a, b)
	go one(b, a)
	done.Wait()
}

// errSeen ends the handshake once the first message is read.
var errSeen = errors.New("seen")

// serverName reads the first message of a TLS client with the standard library's own
// reader, and returns the name asked for, in lower case, and all the bytes read.
func serverName(from io.Reader, c net.Conn) (name string, read []byte, err error) {
	var seen bytes.Buffer
	saw := false
	server := tls.Server(readOnly{io.TeeReader(from, &seen), c}, &tls.Config{
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			name, saw = request.Lower(strings.TrimSuffix(h.ServerName, ".")), true
			return nil, errSeen
		},
	})
	err = server.Handshake()
	if !saw {
		return "", nil, err
	}
	return name, seen.Bytes(), nil
}

// readOnly is a connection to which nothing is written: the reader of the first
// message would send an alert.
type readOnly struct {
	io.Reader
	net.Conn
}

func (r readOnly) Read(b []byte) (int, error)  { return r.Reader.Read(b) }
func (r readOnly) Write(b []byte) (int, error) { return len(b), nil }
func (r readOnly) Close() error                { return nil }
