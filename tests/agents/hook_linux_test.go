package agents

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// The hook tells the model of each refusal, also where the command as a whole goes
// well, and says nothing of any other failure.
func TestHook(t *testing.T) {
	for _, name := range []string{"claude-code", "gemini", "qwen", "copilot", "opencode"} {
		t.Run(name, func(t *testing.T) {
			ordinary(t, func(w *world) { w.hook(named(name)) })
		})
	}
}

func (w *world) hook(a agent) {
	w.install()
	a.installed(w.t, w)
	for _, c := range []struct {
		name, command string
		told          bool
	}{
		{"refused", "cat ~/.ssh/id_ed25519", true},
		{"refused, and it ends well", "cat ~/.ssh/id_ed25519 | tail -n 1; true", true},
		{"another failure", "cat nosuch", false},
		{"a database", "echo 'ERROR:  permission denied for table users'; false", false},
	} {
		w.t.Run(c.name, func(t *testing.T) {
			if a.profile == "qwen" && c.name == "refused" {
				t.Skip("qwen calls the hook after a tool that failed, and tells the model nothing of the answer")
			}
			m := model.New(a.shell(w, c.command))
			defer m.Close()
			a.settle(w, m.URL)
			if r := w.run(w.command(nil, w.s.Path("nono-run"), "--install-hook", a.profile), "", conversation); r.status != 0 {
				t.Fatal(r.out)
			}
			r := w.run(w.command(a.env(m.URL), w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...), "", conversation)
			if !strings.Contains(r.out, model.Final) {
				t.Fatalf("status %d\n%s", r.status, r.out)
			}
			said := m.Last()
			if told := strings.Contains(said, "Refused by the sandbox (nono): read"); told != c.told {
				t.Errorf("told of the refusal: %v, want %v\n%.6000s", told, c.told, said)
			}
			if c.told && (!strings.Contains(said, w.path(".ssh/id_ed25519")) || !strings.Contains(said, "Only the user can allow it: --read-file")) {
				t.Errorf("the path or the flag is not said:\n%.6000s", said)
			}
			if told := strings.Contains(said, "You are in a sandbox (nono)"); told != c.told {
				t.Errorf("told what is allowed: %v, want %v\n%.6000s", told, c.told, said)
			}
		})
	}
}

// named is the agent of that profile.
func named(profile string) agent {
	all := slices.Concat(agents, moreAgents)
	return all[slices.IndexFunc(all, func(a agent) bool { return a.profile == profile })]
}

// OpenClaw's gateway answers, to a client in a sandbox of its own.
func TestGateway(t *testing.T) {
	ordinary(t, func(w *world) {
		w.install()
		w.leaveNothing()
		a := named("openclaw")
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
			r = w.run(w.command([]string{"NO_COLOR=1"}, w.nono("openclaw", "openclaw", "health", "--timeout", "5000")...), "", conversation)
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
