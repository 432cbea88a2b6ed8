package hosts

import (
	"bytes"
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
	server *stream
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
// local port at 127.0.0.1, which no two have at a time: the supervisor made it. Whoever else
// on this machine connects is let go.
type relay struct {
	listener int // not in Go's poller: each connection would wake a thread that has no use for it
	port     uint16
	server   *server
	resolver *resolver
	told     *teller
	means    *means

	mu sync.Mutex
	// arrived are the connections that came while another one was waited for.
	arrived map[uint16]arrival
}

const (
	helloTimeout = 30 * time.Second
)

// relayIP is where the relay is, and where the supervisor connects from. The same port may
// be in use at another address, as 127.0.0.2.
var relayIP = [4]byte{127, 0, 0, 1}

func newRelay(s *server, resolver *resolver, told *teller) (*relay, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	r := &relay{listener: fd, server: s, resolver: resolver, told: told, means: newMeans(), arrived: map[uint16]arrival{}}
	// The sockets of connections have it from this one.
	err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: relayIP})
	}
	if err == nil {
		err = unix.Listen(fd, mostArrived)
	}
	port, ok := localPort(fd)
	if err == nil && !ok {
		err = unix.EINVAL
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	r.port = port
	return r, nil
}

// address is where the relay is.
func (r *relay) address() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(relayIP), r.port)
}

// handle relays a connection to its end.
func (r *relay) handle(c *stream, d destination) {
	defer c.Close()
	if d.server != nil {
		defer d.server.Close()
	}
	switch {
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

// encrypted relays a TLS connection whose first record asks for the name.
func (r *relay) encrypted(c *stream, d destination) {
	c.readUntil(time.Now().Add(helloTimeout))
	asked, hello, err := serverName(c)
	c.readUntil(time.Time{})
	if err != nil || asked != d.name {
		r.mismatch(d, asked)
		reset(c)
		return
	}
	up, err := r.dial(d)
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

// errSeen ends the handshake once the first message is read.
var errSeen = errors.New("seen")

// serverName reads the first message of a TLS client with the standard library's own
// reader, and returns the name asked for, in lower case, and all the bytes read.
func serverName(from io.Reader) (name string, read []byte, err error) {
	var seen bytes.Buffer
	saw := false
	server := tls.Server(readOnly{io.TeeReader(from, &seen), new(net.TCPConn)}, &tls.Config{
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

// readOnly is no connection but a reader in the shape of one. Nothing is written: the reader
// of the first message would send an alert.
type readOnly struct {
	io.Reader
	net.Conn
}

func (r readOnly) Read(b []byte) (int, error)  { return r.Reader.Read(b) }
func (r readOnly) Write(b []byte) (int, error) { return len(b), nil }
func (r readOnly) Close() error                { return nil }
