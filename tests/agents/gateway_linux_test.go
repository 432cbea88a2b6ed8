package agents

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// named is the agent of that profile.
func named(profile string) agent {
	all := slices.Concat(agents, moreAgents)
	return all[slices.IndexFunc(all, func(a agent) bool { return a.profile == profile })]
}

// OpenClaw's gateway answers, to a client in a sandbox of its own.
func TestGateway(t *testing.T) {
	t.Parallel()
	w := ordinary(t)
	a := named("openclaw")
	a.installed(w)
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
}
