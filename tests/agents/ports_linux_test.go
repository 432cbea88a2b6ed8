package agents

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/agents/model"
)

// daemon listens on a loopback address, as one that does what it is told, and returns
// its port.
func daemon(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("DAEMON-" + "ANSWERS\n"))
			c.Close()
		}
	}()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// With web-ports an agent holds its whole conversation, and what listens on another port
// of the machine cannot be reached. Without, it can.
func TestWebPorts(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	talks(t, func(t *testing.T, w *world, a agent) {
		if a.profile == "openclaw" {
			t.Skip("it is set up for the address of one model, and two models are needed here")
		}
		for _, ports := range []bool{true, false} {
			ask := a.shell(w, `bash -c 'exec 3<>/dev/tcp/127.0.0.1/`+daemon(w.t)+` && cat <&3'`)
			calls := a.calls(w)
			m := model.New(append(slices.Clone(calls[:2]), ask)...)
			defer m.Close()
			a.settle(w, m.URL)
			at, err := url.Parse(m.URL)
			if err != nil {
				w.t.Fatal(err)
			}
			var flags []string
			if ports {
				flags = []string{"--profile", "web-ports", "--port", at.Port()}
			}
			r := w.run(w.command(a.env(m.URL), w.nonoWith(flags, a.profile, append([]string{a.command}, a.prompt...)...)...), "", conversation)
			if r.status != 0 || !strings.Contains(r.out, model.Final) {
				w.t.Errorf("ports %v: status %d\n%s", ports, r.status, r.out)
			}
			if reached := strings.Contains(m.Last(), "DAEMON-ANSWERS"); reached == ports {
				w.t.Errorf("ports %v: the daemon answered: %v\n%.4000s", ports, reached, m.Last())
			}
		}
	})
}
