package agents

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// realKey is what no agent may have.
const realKey = "REAL-KEY-2b0c9d"

// outside says how an agent takes the address of its service from a variable.
var outside = map[string]struct {
	service, auth, header, key string
	set                        string
	more                       []string // of the environment
	settle                     func(w *world)
	prompt                     []string // where it is not the agent's own
}{
	"claude-code": {service: "anthropic", auth: "header:x-api-key", header: "X-Api-Key", key: "ANTHROPIC_API_KEY",
		set: "set=ANTHROPIC_API_KEY=$TOKEN set=ANTHROPIC_BASE_URL=$URL", more: []string{"CLAUDE_CODE_MAX_RETRIES=0", "DISABLE_AUTOUPDATER=1"}},
	"gemini": {service: "gemini", auth: "header:x-goog-api-key", header: "X-Goog-Api-Key", key: "GEMINI_API_KEY",
		set: "set=GEMINI_API_KEY=$TOKEN set=GOOGLE_GEMINI_BASE_URL=$URL"},
	"qwen": {service: "openai", auth: "bearer", header: "Authorization", key: "OPENAI_API_KEY",
		set: "set=OPENAI_API_KEY=$TOKEN set=OPENAI_BASE_URL=$URL/v1", more: []string{"OPENAI_MODEL=stand-in"}},
	"opencode": {service: "openai", auth: "bearer", header: "Authorization", key: "OPENAI_API_KEY",
		set: "set=OPENAI_API_KEY=$TOKEN set=OPENAI_BASE_URL=$URL/v1",
		settle: func(w *world) {
			text := w.text(".config/opencode/opencode.json")
			text = strings.NewReplacer(`"nowhere/v1"`, `"{env:OPENAI_BASE_URL}"`, `"apiKey": "x"`, `"apiKey": "{env:OPENAI_API_KEY}"`).Replace(text)
			w.file(".config/opencode/opencode.json", text)
		}},
	"codex": {service: "openai", auth: "bearer", header: "Authorization", key: "OPENAI_API_KEY",
		set:    "set=OPENAI_API_KEY=$TOKEN set=OPENAI_BASE_URL=$URL/v1",
		prompt: []string{"sh", "-c", `exec codex exec --skip-git-repo-check -c "model_providers.standin.base_url=\"$OPENAI_BASE_URL\"" "do it"`}},
}

// With its key outside an agent holds the whole conversation, and the key is nowhere that
// it can look: not in its environment or that of its children, not in its files, and not
// in what it sends.
func TestConversationWithoutKey(t *testing.T) {
	talks(t, func(t *testing.T, w *world, a agent) {
		c, ok := outside[a.profile]
		if !ok {
			t.Skip("it takes no address from a variable")
		}
		calls := a.calls(w)
		look := a.shell(w, "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'")
		m := model.New(append(slices.Clone(calls), look)...)
		defer m.Close()
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
		prompt := append([]string{a.command}, a.prompt...)
		if c.prompt != nil {
			prompt = c.prompt
		}
		nono := append([]string{w.s.Path("nono-run"), "--silent", "--profile", a.profile, "--allow-cwd", "--credential", c.service, "--"}, prompt...)
		r := w.run(w.command(append(slices.Clone(c.more), c.key+"="+realKey), nono...), "", conversation)
		if r.status != 0 || !strings.Contains(r.out, model.Final) || known.Load() == 0 || unknown.Load() > 0 {
			t.Errorf("status %d, %d requests with the key, %d without\n%s", r.status, known.Load(), unknown.Load(), r.out)
		}
		if got := w.text(a.file); got != "made by the agent\n" {
			t.Errorf("%s has %q", a.file, got)
		}
		if !strings.Contains(m.Last(), c.key+"=") {
			t.Errorf("the environment was not looked at:\n%.3000s", m.Last())
		}
		for _, q := range append(m.Requests(), r.out) {
			if strings.Contains(q, realKey) {
				t.Errorf("the key is inside:\n%.3000s", q)
			}
		}
		w.search(realKey)
	})
}

// search looks for text in every file of the home.
func (w *world) search(text string) {
	w.t.Helper()
	filepath.WalkDir(w.home, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil && strings.Contains(string(b), text) {
			w.t.Errorf("it is in %s", path)
		}
		return nil
	})
}
