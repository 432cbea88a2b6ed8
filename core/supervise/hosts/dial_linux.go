package hosts

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	dialTimeout = 30 * time.Second
	// dialNext is how long an address has before the next one is tried beside it (RFC
	// 8305, 5).
	dialNext = 250 * time.Millisecond
)

// dial connects to one of the addresses of a name, the first that answers.
func (r *relay) dial(d destination) (*stream, error) {
	addrs := []netip.Addr{d.addr}
	if d.name != "" {
		var err error
		if addrs, err = r.resolver.at(d.name, d.port); err != nil {
			return nil, err
		}
	}
	if len(addrs) == 1 {
		to := netip.AddrPortFrom(addrs[0], d.port)
		c, err := r.means.dial(to, nil)
		r.told.connected(d.who, d.name, to, err)
		return c, err
	}
	return (&race{relay: r, d: d}).run(addrs)
}

// dial connects to an address. Where somebody shall be able to end the wait, begun hears of
// the stream that is to be closed for that.
func (m *means) dial(to netip.AddrPort, begun func(*stream)) (*stream, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	kind := socketKind{six: to.Addr().Is6()}
	fd, err := unix.Socket(kind.family(), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := m.newStream(fd)
	// What is relayed has waited once already.
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	err = unix.Connect(fd, kind.sockaddr(to))
	if err == unix.EINPROGRESS {
		if begun != nil {
			begun(s)
		}
		err = s.connected()
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// connected waits until a connection has come about.
func (s *stream) connected() error {
	for until := time.Now().Add(dialTimeout); ; {
		if done, err := isConnected(s.fd); done {
			return err
		}
		if err := s.means.await(until, []unix.PollFd{s.writable()}); err != nil {
			return err
		}
	}
}

// isConnected reports whether a connection has come about or failed.
func isConnected(fd int) (done bool, err error) {
	if _, err := unix.Getpeername(fd); err == nil {
		return true, nil
	}
	e, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && e != 0 {
		err = unix.Errno(e)
	}
	return err != nil, err
}

// A race is several connections that come about at a time, of which the first one counts.
type race struct {
	relay *relay
	d     destination

	mu   sync.Mutex
	over bool
	all  []*stream
}

// outcome is how one of them ended.
type outcome struct {
	conn *stream
	err  error
}

// run returns the connection that came about first.
func (r *race) run(addrs []netip.Addr) (*stream, error) {
	outcomes := make(chan outcome, len(addrs))
	last := error(&net.DNSError{Err: "no address", Name: r.d.name, IsNotFound: true})
	next, under := 0, 0
	for next < len(addrs) || under > 0 {
		var more <-chan time.Time
		if next < len(addrs) {
			go r.try(addrs[next], outcomes)
			next, under = next+1, under+1
		}
		if next < len(addrs) {
			more = time.After(dialNext)
		}
		select {
		case o := <-outcomes:
			under--
			if o.err == nil {
				r.end(o.conn)
				return o.conn, nil
			}
			last = o.err
		case <-more:
		}
	}
	return nil, last
}

// try connects to one address.
func (r *race) try(addr netip.Addr, outcomes chan<- outcome) {
	to := netip.AddrPortFrom(addr, r.d.port)
	c, err := r.relay.means.dial(to, r.begin)
	if err == nil || !r.isOver() {
		r.relay.told.connected(r.d.who, r.d.name, to, err)
	}
	outcomes <- outcome{c, err}
}

// begin hears of a connection that is to come about.
func (r *race) begin(c *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		c.abort()
	}
	r.all = append(r.all, c)
}

func (r *race) isOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// end ends all but the first, those too that have come about meanwhile.
func (r *race) end(first *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	for _, c := range r.all {
		if c != first {
			c.abort()
		}
	}
}
