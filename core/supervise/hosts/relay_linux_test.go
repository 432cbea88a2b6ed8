package hosts

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// Another program of this machine takes no connection that the supervisor has made: one
// from the same port of another address waits in front of it.
func TestRelayKnowsItsOwn(t *testing.T) {
	relay, err := newRelay(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer relay.listener.Close()
	inside, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: relayIP})
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
	to := relay.listener.Addr().(*net.TCPAddr)
	own, err := net.DialTCP("tcp4", &net.TCPAddr{IP: relayIP}, to)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	port := own.LocalAddr().(*net.TCPAddr).Port
	for _, last := range []byte{2, 3, 200} {
		other, err := net.DialTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, last), Port: port}, to)
		if errors.Is(err, syscall.ECONNRESET) {
			continue // let go at once
		}
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		other.SetDeadline(time.Now().Add(time.Minute))
		if n, err := other.Read(make([]byte, 1)); n != 0 || err == nil || isTimeout(err) {
			t.Fatalf("from 127.0.0.%d: %d, %v: it is not let go", last, n, err)
		}
	}
	relay.expect(uint16(port), destination{inside: true, server: server})
	if got, err := io.ReadAll(own); err != nil || string(got) != "inside" {
		t.Errorf("%q, %v", got, err)
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}
