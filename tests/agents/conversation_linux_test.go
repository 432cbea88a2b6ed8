package agents

import (
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/agents/model"
)

// inside is one whole turn: the model has the agent make a file, copy it, ask a daemon of
// this machine and read a secret, and is told how each went. All that is refused on the way
// is judged.
func (a agent) inside(w *world, m *model.Server) {
	calls := a.calls(w)
	a.talk(w, m, slices.Concat(calls[:2], []model.Call{a.asks(w)}, calls[2:]), func(words ...string) []string {
		return a.traced(w, w.nono(a.profile, words...))
	})
	w.told(m, true, "Permission denied")
	w.judge()
}

// guardedInside is the same with guard-settings and web-ports: the agent works as without,
// can change nothing of its own that runs something later, and does not reach the daemon.
// It returns the paths that are guarded.
func (a agent) guardedInside(w *world, m *model.Server) []string {
	testenv.RequireLandlock(w.t, 4)
	calls := a.calls(w)
	paths := w.guarded(a)
	script := filepath.Join(filepath.Dir(a.file), "plant.sh")
	w.file(script, plant(paths))
	at, err := url.Parse(m.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	said := filepath.Join(filepath.Dir(a.file), "planted.out")
	all := slices.Concat(calls[:2], []model.Call{a.shell(w, "sh plant.sh >planted.out 2>&1"), a.asks(w)}, calls[2:])
	a.talk(w, m, all, func(words ...string) []string {
		return w.nonoWith([]string{"--profile", "guard-settings", "--profile", "web-ports", "--port", at.Port()}, a.profile, words...)
	})
	w.told(m, false, "Permission denied")
	if have := w.has(paths); len(have) > 0 {
		w.t.Errorf("planted at %q:\n%s", have, end(m.Last()))
	}
	if text := w.text(said); !strings.Contains(text, plantEnd) {
		w.t.Errorf("the script that plants did not come to its end:\n%s", end(text))
	}
	return paths
}

// outside is the control: there, the same calls give the secret away.
func (a agent) outside(w *world, m *model.Server) {
	a.talk(w, m, a.calls(w), func(words ...string) []string { return words })
	if !strings.Contains(m.Last(), secret) {
		w.t.Errorf("the secret was not read:\n%s", end(m.Last()))
	}
}

// told looks at what the model was told: of a refusal, of the daemon's answer where it was
// reached, and never of the secret.
func (w *world) told(m *model.Server, reached bool, refusal string) {
	w.t.Helper()
	last := m.Last()
	if !strings.Contains(last, refusal) {
		w.t.Errorf("the model was not told of the refusal:\n%s", end(last))
	}
	if strings.Contains(last, "DAEMON-ANSWERS") != reached {
		w.t.Errorf("the daemon was to answer: %v\n%s", reached, end(last))
	}
	for _, q := range m.Requests() {
		if strings.Contains(q, secret) {
			w.t.Fatalf("the secret got out:\n%s", q)
		}
	}
}

// asks is the call that asks a daemon of its own.
func (a agent) asks(w *world) model.Call {
	return a.shell(w, `bash -c 'exec 3<>/dev/tcp/127.0.0.1/`+daemon(w.t)+` && cat <&3'`)
}

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

// end is the end of a long text, in which what came last stands.
func end(text string) string { return text[max(0, len(text)-4000):] }
