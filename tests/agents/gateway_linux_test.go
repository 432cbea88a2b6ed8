package agents

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// named is the agent of that profile.
func named(profile string) agent {
	all := slices.Concat(agents, moreAgents)
	return all[slices.IndexFunc(all, func(a agent) bool { return a.profile == profile })]
}

// OpenClaw's gateway does outside what a client in a sandbox asks of it, if it was started
// outside: nono says so at the start, and web-ports keeps the client from it. Started in
// its profile, it can do no more than the client.
func TestGateway(t *testing.T) {
	t.Parallel()
	w := ordinary(t)
	a := named("openclaw")
	a.installed(w)
	m := model.New()
	defer m.Close()
	a.settle(w, m.URL)
	// A turn of a client, whose tools run where the gateway is.
	ask := func(w *world, flags ...string) (r result, all string) {
		m.Next(a.calls(w)[2])
		words := []string{w.s.Path("nono-run"), "--profile", a.profile}
		words = append(append(words, flags...), "--", a.command, "agent", "--agent", "main", "--session-id", "SESSION", "--message", "do it")
		r = w.run(w.command([]string{"NO_COLOR=1"}, numbered(words)...), "", conversation)
		return r, strings.Join(m.Requests(), "\n")
	}
	const notice = "listens on port " + gatewayPort

	if c, err := net.Dial("tcp", "127.0.0.1:"+gatewayPort); err == nil {
		c.Close()
		t.Skip("something listens where a gateway of OpenClaw would")
	}
	w.part("outside", func(w *world) {
		stop := w.gateway(a.command, "gateway")
		defer stop()
		r, all := ask(w)
		if !strings.Contains(all, secret) || !strings.Contains(r.out, notice) {
			w.t.Errorf("the gateway has not read the secret, or nothing is said of it: status %d\n%s\n%.3000s", r.status, r.out, all)
		}
		r, all = ask(w, "--profile", "web-ports")
		if r.status == 0 || all != "" || !strings.Contains(r.out, notice) {
			w.t.Errorf("with web-ports: status %d\n%s\n%.3000s", r.status, r.out, all)
		}
	})
	w.part("inside", func(w *world) {
		stop := w.gateway(w.nono("openclaw", a.command, "gateway")...)
		defer stop()
		r, all := ask(w)
		if strings.Contains(all, secret) || !strings.Contains(all, "Permission denied") {
			w.t.Errorf("status %d\n%s\n%.3000s", r.status, r.out, all)
		}
	})
}

// gateway starts OpenClaw's gateway, waits until it listens, and returns what ends it.
func (w *world) gateway(words ...string) (stop func()) {
	w.t.Helper()
	cmd := w.command(nil, words...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan bool)
	go func() { cmd.Wait(); close(ended) }()
	stop = func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		used.add(w.t.Name(), cmd.ProcessState)
		if w.t.Failed() {
			w.t.Logf("the gateway: %s", out.String())
		}
	}
	for end := time.Now().Add(conversation); time.Now().Before(end); time.Sleep(time.Second) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+gatewayPort); err == nil {
			c.Close()
			return stop
		}
		select {
		case <-ended:
			end = time.Now()
		default:
		}
	}
	w.t.Errorf("the gateway does not listen")
	stop()
	w.t.FailNow()
	return nil
}
