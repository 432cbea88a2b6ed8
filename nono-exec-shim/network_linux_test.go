package main_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestNetwork(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skipf("no loopback: %v", err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	eachABI(t, func(t *testing.T, abi int, u testenv.User) {
		p := newPlace(t, u, shimFor(t, abi))
		stream, datagram, abstract := servers(t, u)
		ops := []string{"tcp-connect " + port, "tcp-bind 0", "udp-send " + port, "socket 10 1", "socket 10 2", "socket 16 3", "socket 2 1 262",
			"unix-stream " + stream, "unix-send " + datagram, "unix-stream " + abstract, "socketpair 1", "socketpair 5", "socketpair 2", "socketpair 0x80802"}
		const e, ok = "EPERM", "ok"
		for _, c := range []struct {
			spec string
			want []string
		}{
			{"", []string{e, e, e, e, e, e, e, e, e, e, ok, ok, e, e}},
			{"net allow", []string{ok, ok, ok, ok, ok, ok, ok, e, e, e, ok, ok, e, e}},
			{"unix-sockets allow", []string{e, e, e, e, e, e, e, ok, ok, ok, ok, ok, ok, ok}},
			{"net allow; unix-sockets allow", []string{ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok}},
		} {
			outside := p.outside(t, ops...)
			for i, got := range p.inside(t, c.spec, ops...) {
				if abi >= 9 && strings.HasPrefix(ops[i], "unix-") && c.want[i] == e {
					c.want[i] = "EACCES" // Landlock tells one socket from another
				}
				if c.want[i] == ok {
					c.want[i] = outside[i]
				}
				if got != c.want[i] || outside[i] == e {
					t.Errorf("%q: %s: %s, want %s; outside %s", c.spec, ops[i], got, c.want[i], outside[i])
				}
			}
		}
	})
}

// servers starts a stream, a datagram and an abstract server that u can reach.
func servers(t testing.TB, u testenv.User) (stream, datagram, abstract string) {
	t.Helper()
	dir := u.Dir(t)
	stream, datagram = filepath.Join(dir, "stream"), filepath.Join(dir, "datagram")
	abstract = fmt.Sprintf("@nono-test-%d-%d", os.Getpid(), time.Now().UnixNano())
	for _, name := range []string{stream, abstract} {
		l, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
	}
	c, err := net.ListenPacket("unixgram", datagram)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	u.Own(t, stream, datagram)
	return stream, datagram, abstract
}
