package agents

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// The hook tells Claude Code's model that a failure is the sandbox's doing, and
// says nothing of any other failure.
func TestClaudeHook(t *testing.T) {
	ordinary(t, func(w *world) {
		w.install()
		a := agents[0]
		a.installed(w.t, w)
		for _, c := range []struct {
			name, command string
			told          bool
		}{
			{"refused", "cat ~/.ssh/id_ed25519", true},
			{"another failure", "cat nosuch", false},
		} {
			w.t.Run(c.name, func(t *testing.T) {
				m := model.New(model.Call{Tool: "Bash", Args: map[string]any{"command": c.command, "description": "try"}})
				defer m.Close()
				a.settle(w, m.URL)
				if r := w.run(w.command(nil, w.s.Path("nono-run"), "--install-hook", "claude-code"), "", time.Minute); r.status != 0 {
					t.Fatal(r.out)
				}
				r := w.run(w.command(a.env(m.URL), w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...), "", 2*time.Minute)
				if r.status != 0 {
					t.Fatalf("status %d\n%s", r.status, r.out)
				}
				if told := strings.Contains(m.Last(), "You are in a sandbox (nono)"); told != c.told {
					t.Errorf("told of the sandbox: %v, want %v\n%.6000s", told, c.told, m.Last())
				}
				if c.told && !strings.Contains(m.Last(), w.project) {
					t.Errorf("what is allowed is not said:\n%.6000s", m.Last())
				}
			})
		}
	})
}

// OpenClaw's gateway answers, to a client in a sandbox of its own.
func TestGateway(t *testing.T) {
	ordinary(t, func(w *world) {
		w.install()
		w.leaveNothing()
		var a agent
		for _, a = range agents {
			if a.profile == "openclaw" {
				break
			}
		}
		a.installed(w.t, w)
		a.settle(w, "http://127.0.0.1:9")
		gateway := w.command(nil, w.nono("openclaw", "openclaw", "gateway")...)
		var out bytes.Buffer
		gateway.Stdout, gateway.Stderr = &out, &out
		gateway.WaitDelay = 5 * time.Second
		if err := gateway.Start(); err != nil {
			w.t.Fatal(err)
		}
		var r result
		for range 20 {
			r = w.run(w.command([]string{"NO_COLOR=1"}, w.nono("openclaw", "openclaw", "health", "--timeout", "5000")...), "", time.Minute)
			if r.status == 0 && strings.Contains(r.out, "Agents: main") {
				break
			}
			time.Sleep(3 * time.Second)
		}
		if r.status != 0 || !strings.Contains(r.out, "Agents: main") {
			w.t.Errorf("health: status %d\n%s", r.status, r.out)
		}
		syscall.Kill(-gateway.Process.Pid, syscall.SIGKILL)
		if gateway.Wait(); w.t.Failed() {
			w.t.Logf("the gateway: %s", out.String())
		}
	})
}
