package agents

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// hooks are the agents that have a hook with which they can be told of a refusal.
var hooks = []string{"claude-code", "gemini", "qwen", "copilot", "opencode"}

// tried are the commands of which the hook has to tell, and some of which it has not.
var tried = []struct {
	name, command string
	told          bool
}{
	{"refused", "cat ~/.ssh/id_ed25519", true},
	{"refused, and it ends well", "cat ~/.ssh/id_ed25519 | tail -n 1; true", true},
	{"another failure", "cat nosuch", false},
	{"a database", "echo 'ERROR:  permission denied for table users'; false", false},
}

// hooked is a conversation with the agent's hook installed, and with its key outside, each
// where the agent has such a thing: the hook tells the model of each refusal, also where
// the command as a whole goes well, of no other failure, and once of what is allowed. The
// key is nowhere that the agent can look: not in its environment or that of its children,
// not in its files, and not in what it sends.
func (a agent) hooked(w *world) {
	hook, key := slices.Contains(hooks, a.profile), outside[a.profile].service != ""
	if !hook && !key {
		w.t.Skip("it has no hook, and takes no address from a variable")
	}
	w = w.another()
	calls := slices.Clone(a.calls(w)[:2])
	for _, c := range tried {
		calls = append(calls, a.shell(w, c.command))
	}
	m := model.New()
	defer m.Close()
	c := outside[a.profile]
	if !key {
		a.settle(w, m.URL)
		w.installHook(a)
		a.talk(w, m, calls, func(words ...string) []string { return w.nono(a.profile, words...) })
		a.hookTold(w, m)
		return
	}
	var known, unknown atomic.Int64
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.TrimPrefix(r.Header.Get(c.header), "Bearer ") != realKey {
			unknown.Add(1)
			http.Error(w, "unknown key", http.StatusUnauthorized)
			return
		}
		known.Add(1)
		m.ServeHTTP(w, r)
	}))
	defer service.Close()
	ca := w.file(".config/nono/test.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: service.Certificate().Raw})))
	w.file(".config/nono/services", c.service+" host="+service.Listener.Addr().String()+" auth="+c.auth+" key="+c.key+" "+c.set+" ca="+ca+"\n")
	a.settle(w, "nowhere")
	if c.settle != nil {
		c.settle(w)
	}
	if hook {
		w.installHook(a)
	}
	a.env = func(string) []string { return append(slices.Clone(c.more), c.key+"="+realKey) }
	look := a.shell(w, "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'")
	r := a.talk(w, m, append(calls, look), func(words ...string) []string {
		if c.prompt != nil {
			words = c.prompt
		}
		return w.nonoWith([]string{"--credential", c.service}, a.profile, words...)
	})
	if hook {
		a.hookTold(w, m)
	}
	if known.Load() == 0 || unknown.Load() > 0 {
		w.t.Errorf("%d requests with the key, %d without", known.Load(), unknown.Load())
	}
	if !strings.Contains(m.Last(), c.key+"=") {
		w.t.Errorf("the environment was not looked at:\n%s", end(m.Last()))
	}
	for _, q := range append(m.Requests(), r.out) {
		if strings.Contains(q, realKey) {
			w.t.Errorf("the key is inside:\n%.3000s", q)
		}
	}
	w.search(realKey)
}

func (w *world) installHook(a agent) {
	w.t.Helper()
	if r := w.run(w.command(nil, w.s.Path("nono-run"), "--install-hook", a.profile), "", conversation); r.status != 0 {
		w.t.Fatal(r.out)
	}
}

// hookTold looks at what the model was told after each of the commands.
func (a agent) hookTold(w *world, m *model.Server) {
	w.t.Helper()
	const refused, summary = "Refused by the sandbox (nono): read", "You are in a sandbox (nono)"
	for i, c := range tried {
		if a.profile == "qwen" && c.name == "refused" {
			continue // qwen calls the hook after a tool that failed, and tells the model nothing of the answer
		}
		before, after := m.Told(2+i), m.Told(3+i)
		if told := strings.Count(after, refused) > strings.Count(before, refused); told != c.told {
			w.t.Errorf("%s: told of the refusal: %v, want %v\n%s", c.name, told, c.told, end(after))
		}
		if !c.told {
			continue
		}
		_, said, _ := strings.Cut(after[strings.LastIndex(after, refused):], refused)
		if line := said[:min(len(said), 300)]; !strings.Contains(line, w.path(".ssh/id_ed25519")) || !strings.Contains(line, "Only the user can allow it: --read-file") {
			w.t.Errorf("%s: the path or the flag is not said: %q", c.name, line)
		}
	}
	if n := strings.Count(m.Told(2+len(tried)), summary); n != 1 {
		w.t.Errorf("the model is told %d times what is allowed:\n%.6000s", n, m.Told(2+len(tried)))
	}
}
