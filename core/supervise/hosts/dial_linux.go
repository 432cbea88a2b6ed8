package hosts

import (
	"context"
	"net"
	"net/netip"
	"time"
)

const (
	dialTimeout = 30 * time.Second
	// dialNext is how long an address has before the next one is tried beside it (RFC
	// 8305, 5).
	dialNext = 250 * time.Millisecond
)

// dial connects to one of the addresses of a name, the first that answers.
func (r *relay) dial(ctx context.Context, d destination) (*net.TCPConn, error) {
	addrs := []netip.Addr{d.addr}
	if d.name != "" {
		var err error
		if addrs, err = r.resolver.at(d.name, d.port); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	try := func(addr netip.Addr) (*net.TCPConn, error) {
		to := netip.AddrPortFrom(addr, d.port)
		c, err := new(net.Dialer).DialTCP(ctx, "tcp", netip.AddrPort{}, to)
		if err == nil || ctx.Err() == nil {
			r.told.connected(d.who, d.name, to, err)
		}
		return c, err
	}
	if len(addrs) == 1 {
		return try(addrs[0])
	}
	type outcome struct {
		conn *net.TCPConn
		err  error
	}
	outcomes := make(chan outcome, len(addrs))
	last := error(&net.DNSError{Err: "no address", Name: d.name, IsNotFound: true})
	next, under := 0, 0
	for next < len(addrs) || under > 0 {
		if next < len(addrs) {
			addr := addrs[next]
			go func() {
				c, err := try(addr)
				outcomes <- outcome{c, err}
			}()
			next, under = next+1, under+1
		}
		var more <-chan time.Time
		if next < len(addrs) {
			more = time.After(dialNext)
		}
		select {
		case o := <-outcomes:
			under--
			if o.err == nil {
				go func() { // the others are cancelled; one may have won all the same
					for range under {
						if late := <-outcomes; late.err == nil {
							late.conn.Close()
						}
					}
				}()
				return o.conn, nil
			}
			last = o.err
		case <-more:
		}
	}
	return nil, last
}
