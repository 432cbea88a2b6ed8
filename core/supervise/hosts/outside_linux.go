package hosts

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// listeners are the ports at which somebody outside waits for connections. The kernel's
// table has every connection in it too, so that it takes milliseconds to read on a busy
// machine, and programs try ports again and again: it is read once in a while.
type listeners struct {
	mu    sync.Mutex
	ports map[uint16]bool
	until time.Time
}

// keepListeners is how long the table is believed: it decides nothing but a hint.
const keepListeners = time.Second

// has reports whether somebody listens on the port.
func (l *listeners) has(port uint16) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.ports == nil || now.After(l.until) {
		l.ports = listening()
		l.until = time.Now().Add(keepListeners)
	}
	return l.ports[port]
}

// listening reads the table (proc_net_tcp.txt of the kernel): the address with the port in
// hexadecimal digits, the other end's, and the state, of which 0A is TCP_LISTEN.
func listening() map[uint16]bool {
	ports := map[uint16]bool{}
	for _, path := range [...]string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) < 4 || f[3] != "0A" {
				continue
			}
			_, digits, _ := strings.Cut(f[1], ":")
			if port, err := strconv.ParseUint(digits, 16, 16); err == nil {
				ports[uint16(port)] = true
			}
		}
	}
	return ports
}
