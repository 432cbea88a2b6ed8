package hosts

import (
	"net"
	"testing"
	"time"
)

// Who listens outside is known, by IPv4 and IPv6, and the table is not read again at once.
func TestListeners(t *testing.T) {
	var l listeners
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		s, err := net.Listen("tcp", at)
		if err != nil {
			t.Log(err) // no IPv6 here
			continue
		}
		port := uint16(s.Addr().(*net.TCPAddr).Port)
		l.until = time.Now().Add(-time.Hour)
		if !l.has(port) {
			t.Errorf("%s: nobody is said to listen on %d", at, port)
		}
		s.Close()
		if l.until = time.Now().Add(time.Hour); !l.has(port) {
			t.Errorf("%s: the table was read again", at)
		}
		if l.until = time.Now().Add(-time.Hour); l.has(port) {
			t.Errorf("%s: somebody is said to listen on %d still", at, port)
		}
	}
}
