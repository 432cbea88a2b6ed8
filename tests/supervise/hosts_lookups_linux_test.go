package supervise

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// lookups holds what programs that ask in other ways than Go's resolver hear: glibc's by
// each of its options (resolv.conf(5)), with a name server of the network and with one on
// loopback, where systemd-resolved has its stub (systemd-resolved.service(8)).
func (w internet) lookups(t *testing.T, u testenv.User) {
	if _, err := exec.LookPath("getent"); err != nil {
		t.Skip("getent is not here")
	}
	old, err := os.ReadFile("/etc/resolv.conf")
	must(t, err)
	defer os.WriteFile("/etc/resolv.conf", old, 0o644) // in this test's own mounts
	for name, text := range map[string]string{
		"network": "nameserver 203.0.113.53\nsearch pkg.example\n",
		"stub":    "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch pkg.example\n",
	} {
		t.Run(name, func(t *testing.T) {
			must(t, os.WriteFile("/etc/resolv.conf", []byte(text), 0o644))
			for _, options := range []string{"", "use-vc", "single-request", "single-request-reopen", "edns0", "ndots:5", "rotate", "no-aaaa"} {
				got := w.getent(t, u, options, "good.example", "GOOD.example.", "api", "cname.example", "198.18.0.1", "other.example", "other", "198.18.9.9", "filed.example")
				want := []string{"198.18.", "198.18.", "198.18.", "198.18.", "good.example", "none", "none", "none", "203.0.113.1"}
				for i := range want {
					if i >= len(got) || !strings.Contains(got[i], want[i]) {
						t.Errorf("options %q: answer %d is not %q: %q", options, i, want[i], got)
						break
					}
				}
			}
		})
	}
}

// getent looks names up, one after the other by programs of their own, and returns what
// is said of each.
func (w internet) getent(t *testing.T, u testenv.User, options string, names ...string) []string {
	t.Helper()
	r := newRun(t, u)
	script := `for n; do getent hosts "$n" || echo none; done`
	args := []string{"--silent", "--allow", r.dir, "--host", "good.example", "--host", "*.pkg.example", "--host", "cname.example", "--host", "filed.example", "--", "sh", "-c", script, "sh"}
	c := u.Command(r.s.Path("nono-run"), append(args, names...)...)
	c.Dir, c.Env = r.dir, append(r.env(), "RES_OPTIONS="+options)
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// A sender is a program that sends "hello" to HOST and PORT as a datagram and writes down
// what comes back.
var senders = []struct{ name, program, script string }{
	{"Python", "/usr/bin/python3", `/usr/bin/python3 -c '
import os, socket
a = socket.getaddrinfo(os.environ["HOST"], int(os.environ["PORT"]), type=socket.SOCK_DGRAM)[0]
s = socket.socket(a[0], a[1]); s.settimeout(.3); s.sendto(b"hello", a[4]); print(s.recv(99))'`},
	{"node", "node", `node -e '
const s = require("dgram").createSocket("udp4"); s.on("message", m => { console.log(m.toString()); s.close() }).on("error", e => { console.log(e.code); process.exit(1) })
s.send("hello", process.env.PORT, process.env.HOST, e => e && console.log(e.code)); setTimeout(() => process.exit(1), 1000)'`},
	{"bash", "bash", `timeout 2 bash -c 'exec 3<>/dev/udp/$HOST/$PORT && echo hello >&3 && head -c 5 <&3'`},
	{"curl, TFTP", "curl", `curl -sS --max-time 2 tftp://$HOST:$PORT/hello`},
}

// datagrams holds that no program sends a datagram to a host, an allowed one neither.
func (w internet) datagrams(t *testing.T, u testenv.User) {
	for i, s := range senders {
		t.Run(s.name, func(t *testing.T) {
			if i > 0 && !suite.Long() {
				t.Skip("NONO_LONG is not set") // each waits for an answer that does not come
			}
			if _, err := exec.LookPath(s.program); err != nil {
				t.Skipf("%s is not here", s.program)
			}
			heard := w.listenUDP(t)
			c := client{script: s.script}
			w.asClient(t, u, c, "good.example", "9200", false)
			if len(heard()) == 0 {
				t.Skip("it does not work outside a sandbox here")
			}
			for _, host := range []string{"good.example", "203.0.113.1", "other.example", "203.0.113.2", "127.0.0.1"} {
				said := w.asClient(t, u, c, host, "9200", true)
				if got := heard(); len(got) > 0 {
					t.Errorf("%s: %q came: %s", host, got, said)
				}
			}
		})
	}
}

// listenUDP answers datagrams on the port 9200 of every address, and returns what tells
// what has come since it was asked last.
func (w internet) listenUDP(t *testing.T) (heard func() []string) {
	c, err := net.ListenPacket("udp4", ":9200")
	must(t, err)
	t.Cleanup(func() { c.Close() })
	var mu sync.Mutex
	var all []string
	go func() {
		b := make([]byte, 999)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			mu.Lock()
			all = append(all, string(b[:n]))
			mu.Unlock()
			c.WriteTo([]byte("hello"), from)
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		got := all
		all = nil
		return got
	}
}
