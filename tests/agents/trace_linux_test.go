package agents

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// refusals are what agents try and are refused in a conversation, and why that
// is right. What else is refused fails the test: then a profile lacks something,
// or an agent has learned something new.
var refusals = []struct{ what, why string }{
	{`HOME/\.ssh/.*`, "the model asked for it: this is what the sandbox is for"},
	{`HOME/(CLAUDE|AGENTS|GEMINI|CONTEXT)(\.local)?\.md`, "instructions above the project, in a home that was not granted"},
	{`HOME/\.(env|netrc|npmrc|bashrc|profile|bash_profile|bash_login)`, "secrets and shell start-up files"},
	{`HOME/?`, "listing the home"},
	{`(/|/tmp|/home)/?`, "listing what is above the home"},
	{`HOME/\.claude\.json\.(tmp|lock).*`, "claude replaces the file by another one beside it, then writes the file itself"},
	{`HOME/\.npm`, "opencode fetches plug-ins through npm's cache: --profile node"},
	{`/etc/machine-id|/var/lib/dbus/machine-id`, "it identifies the machine"},
	{`/proc/\d+/(environ|cwd)`, "other processes' environment and directory: qwen, continue and copilot look for an editor, or for others of their own"},
	{`HOME/\.cache/Microsoft`, "copilot's telemetry keeps an identifier there"},
	{`/.*/qwen-code/vendor/ripgrep/.*/rg`, "its package has made no program of it: it does not start outside either"},
	{`/tmp/openclaw`, "openclaw's shared temp: it uses the private one then"},
	{`/tmp/codex-daemon-\d+`, "codex's daemon would outlive the sandbox, or be one from outside"},
	{`/proc/.*oom_score_adj`, "the standing with the kernel's out-of-memory killer"},
	{`AF_[A-Z]+`, "sockets to processes outside"},
	{`PREFIX.*`, "the directory above the packages: npm's prefix, as linked from the home, is granted, not where the link lies"},
}

var (
	refusedCall = regexp.MustCompile(`= -1 E(ACCES|PERM|XDEV)\b`)
	firstPath   = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	family      = regexp.MustCompile(`socket\((AF_[A-Z]+)`)
)

// What an agent is refused in a conversation is refused for a reason.
func TestRefusals(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing: no looking at what is refused")
	}
	each(t, func(t *testing.T, w *world, a agent) {
		m := model.New(a.calls(w)...)
		defer m.Close()
		a.settle(w, m.URL)
		log := w.path("trace")
		words := append([]string{strace, "-f", "-o", log, "-e", "trace=file,network", "-e", "status=failed"}, w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...)
		if r := w.run(w.command(a.env(m.URL), words...), model.Final, conversation); !strings.Contains(r.out, model.Final) {
			t.Fatalf("status %d\n%s", r.status, r.out)
		}
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		reasons := map[string]int{}
		for line := range strings.SplitSeq(string(text), "\n") {
			if !refusedCall.MatchString(line) {
				continue
			}
			what := w.refused(line)
			i := slices.IndexFunc(refusals, func(r struct{ what, why string }) bool {
				return regexp.MustCompile(`^(?:` + r.what + `)$`).MatchString(what)
			})
			if i < 0 {
				t.Errorf("refused, and nobody has said why: %s", line)
				continue
			}
			reasons[refusals[i].what+": "+refusals[i].why]++
		}
		if len(reasons) == 0 {
			t.Error("nothing was refused: was it traced?")
		}
		for what, n := range reasons {
			t.Logf("%3d times %s", n, what)
		}
	})
}

// refused names what a line of the trace was about.
func (w *world) refused(line string) string {
	if m := family.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	m := firstPath.FindStringSubmatch(line)
	if m == nil {
		return line
	}
	path := m[1]
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.project, path)
	}
	if rest, ok := strings.CutPrefix(path, w.home); ok && (rest == "" || rest[0] == '/') {
		return "HOME" + rest
	}
	if strings.HasPrefix(path, filepath.Dir(prefix())) && !strings.HasPrefix(path, prefix()+"/lib/") && filepath.Dir(prefix()) != "/tmp" {
		return "PREFIX"
	}
	return path
}
