package agents

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/agents/model"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// unknown are agents for which nono has no profile: all that it knows of them is learned.
var unknown = []agent{
	{
		command: "grok", // its directory is protected, as those of the agents that are known are
		settle:  func(*world, string) {},
		env: func(url string) []string {
			return []string{"GROK_API_KEY=x", "GROK_BASE_URL=" + url + "/v1", "GROK_MODEL=stand-in"}
		},
		prompt: []string{"--prompt", "do it"},
		file:   "project/made.txt",
		calls:  shellCalls("bash", func(c string) map[string]any { return map[string]any{"command": c} }),
	},
	{
		command: "nanocoder",
		settle: func(w *world, url string) {
			w.file(".config/nanocoder/agents.config.json", `{"nanocoder": {"providers": [{"name": "standin", "baseUrl": "`+url+`/v1", "apiKey": "x", "models": ["stand-in"]}]}}`)
		},
		env:    func(string) []string { return nil },
		prompt: []string{"--mode", "yolo", "--trust-directory", "run", "do it"},
		file:   "project/made.txt",
		calls:  shellCalls("execute_bash", func(c string) map[string]any { return map[string]any{"command": c} }),
	},
	{
		command: "kimi",
		settle: func(w *world, url string) {
			w.file(".kimi-code/config.toml", "default_model = \"standin\"\n[providers.standin]\ntype = \"openai\"\nbase_url = \""+url+"/v1\"\napi_key = \"x\"\n"+
				"[models.standin]\nprovider = \"standin\"\nmodel = \"stand-in\"\nmax_context_size = 100000\n")
		},
		env:    func(string) []string { return []string{"KIMI_CODE_NO_AUTO_UPDATE=1"} },
		prompt: []string{"--prompt", "do it"},
		file:   "project/made.txt",
		calls:  shellCalls("Bash", func(c string) map[string]any { return map[string]any{"command": c} }),
	},
}

// name is what an agent is called in the tests.
func (a agent) name() string {
	if a.profile == "" {
		return a.command
	}
	return a.profile
}

// What is learned of an agent in one home holds its whole conversation in another one, in
// at most 40 lines, and grants nothing that is protected.
func TestLearned(t *testing.T) {
	for _, a := range slices.Concat(agents, unknown) {
		t.Run(a.name(), func(t *testing.T) {
			if a.dear() > 0 && !suite.Long() {
				t.Skip("NONO_LONG=1 has it learned too: that takes minutes")
			}
			t.Parallel()
			w := ordinary(t)
			a.installed(w)
			a.learned(w)
		})
	}
}

func (a agent) learned(w *world) {
	w.ownInstructions()
	m := model.New(a.calls(w)...)
	a.settle(w, m.URL)
	at := m.Listener.Addr().String()
	// The second run makes in a home what the first one could not: see nono-learn(1). Some
	// agents go on with the conversation of the first one there, and make no file again.
	for _, save := range []string{"--output", "--add-to"} {
		words := []string{w.s.Path("nono-learn"), save, "learned", "--host", at}
		if a.profile == "" {
			words = append(words, "--commands")
			for _, v := range a.env(m.URL) {
				if name, _, _ := strings.Cut(v, "="); strings.HasSuffix(name, "_KEY") {
					words = append(words, "--allow-env", name)
				}
			}
		}
		words = append(append(words, "--"), a.turn()...)
		r := w.run(w.command(a.env(m.URL), words...), "", conversation)
		if save == "--output" {
			a.learnedTold(w, m, r)
		} else if r.status != 0 || !strings.Contains(r.out, model.Final) {
			w.t.Errorf("once more: status %d\n%s", r.status, r.out)
		}
	}
	m.Close()
	text := w.text(".config/nono/profiles/learned.profile")

	fresh := w.another()
	fresh.ownInstructions()
	fresh.file(".config/nono/profiles/learned.profile", text)
	again, err := model.NewAt(at, a.calls(fresh)...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer again.Close()
	a.settle(fresh, again.URL)
	words := fresh.nono("learned", a.turn()...)
	a.learnedTold(fresh, again, fresh.run(fresh.command(a.env(again.URL), words...), "", conversation))
	fresh.grantsNoSecret("learned")
	if n := grants(text); n > 40 {
		w.t.Errorf("%d lines", n)
	}
	w.t.Logf("%d lines:\n%s", grants(text), text)
}

// ownInstructions leaves nothing secret in what agents read in every directory above their
// own, and a run that is learned from may read.
func (w *world) ownInstructions() {
	w.file("CLAUDE.md", "be kind\n")
	w.file("AGENTS.md", "be kind\n")
}

// learnedTold looks at a conversation: it went to its end, the file was made and copied, and the
// secret was refused.
func (a agent) learnedTold(w *world, m *model.Server, r result) {
	w.t.Helper()
	if r.status != 0 || !strings.Contains(r.out, model.Final) {
		w.t.Errorf("status %d\n%s", r.status, r.out)
	}
	for _, f := range []string{a.file, a.copied()} {
		if got := w.text(f); got != "made by the agent\n" {
			w.t.Errorf("%s has %q", f, got)
		}
		os.Remove(w.path(f))
	}
	if !strings.Contains(m.Last(), "Permission denied") {
		w.t.Error("the model was not told of the refusal")
	}
	for _, q := range m.Requests() {
		if at := strings.Index(q, secret); at >= 0 {
			w.t.Fatalf("the secret got out: …%s…", q[max(0, at-300):min(len(q), at+300)])
		}
	}
}

// grants counts the lines of a profile that say something.
func grants(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			n++
		}
	}
	return n
}

// grantsNoSecret asks nono why about what is protected.
func (w *world) grantsNoSecret(profile string) {
	w.t.Helper()
	for _, q := range [][2]string{{"read", ".ssh/id_ed25519"}, {"read", ".env"}, {"read", ".netrc"}, {"read", ".bash_history"}, {"read", ".config/gh/hosts.yml"}, {"read", "notes.txt"},
		{"create", ".ssh/authorized_keys"}, {"write", ".bashrc"}, {"create", ".new"}, {"write", ".config/nono/profiles/" + profile + ".profile"}} {
		cmd := w.command(nil, w.s.Path("nono-why"), "--profile", profile, "--allow-cwd", "--op", q[0], filepath.Join(w.home, q[1]))
		if r := w.run(cmd, "", conversation); r.status != 1 {
			w.t.Errorf("%s of %s: status %d\n%s", q[0], q[1], r.status, r.out)
		}
	}
}
