package hosts

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Another program of this machine takes no connection that the supervisor has made: one
// from the same port of another address waits in front of it.
func TestRelayKnowsItsOwn(t *testing.T) {
	relay, err := newRelay(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(relay.listener)
	loopback := net.IP(relayIP[:])
	inside, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	go func() {
		if c, err := inside.Accept(); err == nil {
			c.Write([]byte("inside"))
			c.Close()
		}
	}()
	server, err := net.DialTCP("tcp4", nil, inside.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	serverEnd, err := relay.means.take(server)
	if err != nil {
		t.Fatal(err)
	}
	to := net.TCPAddrFromAddrPort(relay.address())
	own, err := net.DialTCP("tcp4", &net.TCPAddr{IP: loopback}, to)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	port := own.LocalAddr().(*net.TCPAddr).Port
	others := []*net.TCPConn{}
	for _, last := range []byte{1, 2, 3, 200} {
		from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, last), Port: port}
		if last == 1 {
			from.Port = 0
		}
		other, err := net.DialTCP("tcp4", from, to)
		if errors.Is(err, syscall.ECONNRESET) {
			continue // let go at once
		}
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		others = append(others, other)
	}
	end, err := relay.arrival(uint16(port))
	if err != nil {
		t.Fatal(err)
	}
	go relay.handle(end, destination{inside: true, server: serverEnd})
	if got, err := io.ReadAll(own); err != nil || string(got) != "inside" {
		t.Errorf("%q, %v", got, err)
	}
	if len(relay.arrived) > 1 {
		t.Errorf("%d connections of others are kept", len(relay.arrived))
	}
	for port, a := range relay.arrived {
		relay.arrived[port] = arrival{a.fd, a.at.Add(-arriveTimeout)}
	}
	relay.forgetOld(time.Now().Add(time.Second))
	for _, other := range others {
		other.SetDeadline(time.Now().Add(time.Minute))
		if n, err := other.Read(make([]byte, 1)); n != 0 || err == nil || isTimeout(err) {
			t.Errorf("from %s: %d, %v: it is not let go", other.LocalAddr(), n, err)
		}
	}
}

// Of two connections from one port the later one is the supervisor's: the port was free
// when it got it.
func TestRelayTakesTheLater(t *testing.T) {
	relay, err := newRelay(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(relay.listener)
	to := net.TCPAddrFromAddrPort(relay.address())
	first, err := net.DialTCP("tcp4", &net.TCPAddr{IP: net.IP(relayIP[:])}, to)
	if err != nil {
		t.Fatal(err)
	}
	from := first.LocalAddr().(*net.TCPAddr)
	first.Write([]byte("another's"))
	first.SetLinger(0)
	first.Close() // which frees the port at once
	own, err := net.DialTCP("tcp4", from, to)
	if err != nil {
		t.Skip(err) // somebody else has the port
	}
	defer own.Close()
	own.Write([]byte("own"))
	end, err := relay.arrival(uint16(from.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	b := make([]byte, 20)
	if n, err := end.Read(b); err != nil || string(b[:n]) != "own" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}
