package agents

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// packages are what npm installs. openclaw wants a newer node than most
// distributions have, so node comes along.
var packages = []string{
	"node@24", "@anthropic-ai/claude-code", "opencode-ai", "openclaw", "@openai/codex", "@google/gemini-cli",
	"@github/copilot", "@qwen-code/qwen-code", "@mariozechner/pi-coding-agent", "cline", "@continuedev/cli", "@sourcegraph/amp", "@augmentcode/auggie",
	"@vibe-kit/grok-cli", "@nanocollective/nanocoder", "@moonshot-ai/kimi-code",
}

// failed is set once an installation has not gone well; installing is held while one goes on.
var (
	failed     bool
	installing sync.Mutex
)

// prefix is where the agents are installed, once for many runs; `make
// clean-agents` removes it.
func prefix() string {
	if d := os.Getenv("NONO_AGENTS_DIR"); d != "" {
		return d
	}
	return filepath.Join(os.TempDir(), "nono-agents")
}

// install puts the agents into the home. npm runs in the profile node, as root
// would not want it to run otherwise: its packages bring scripts. opencode's runs
// opencode, which does not start where it has no directories of its own.
func (w *world) install() {
	w.t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		w.t.Skip("npm is missing: no agent can be installed")
	}
	// The script itself, for the node that PATH finds: its first line may name
	// another one.
	if npm, err = filepath.EvalSymlinks(npm); err != nil {
		w.t.Fatal(err)
	}
	installing.Lock()
	defer installing.Unlock()
	dir := prefix()
	if err := os.Mkdir(dir, 0o755); err == nil {
		w.u.Own(w.t, dir)
	} else if !os.IsExist(err) {
		w.t.Fatal(err)
	}
	if err := os.Symlink(dir, w.path(".npm-global")); err != nil {
		w.t.Fatal(err)
	}
	done := filepath.Join(dir, "installed")
	want := strings.Join(packages, " ")
	if have, err := os.ReadFile(done); err == nil && string(have) == want {
		return
	}
	if failed {
		w.t.Fatal("the agents could not be installed, see above")
	}
	failed = true
	// How this machine reaches the registry.
	var env []string
	for _, name := range []string{"NODE_EXTRA_CA_CERTS", "npm_config_registry", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	// node first, and not again with the others, whose scripts must find it.
	for _, list := range [][]string{packages[:1], packages[1:]} {
		words := append([]string{w.s.Path("nono-run"), "--profile", "node", "--profile", "opencode", "--temp", dir, "--allow-env", "npm_config_registry", "--",
			"node", npm, "install", "--global", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error"}, list...)
		if r := w.run(w.command(env, words...), "", 20*time.Minute); r.status != 0 {
			w.t.Fatalf("npm install: status %d\n%s", r.status, r.out)
		}
	}
	failed = false
	if err := os.WriteFile(done, []byte(want), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// installed skips the test where npm could not give an agent its program. That is asked
// once for all tests.
func (a agent) installed(w *world) {
	w.t.Helper()
	said, _ := asked.LoadOrStore(a.command, sync.OnceValue(func() result {
		return w.run(w.command(nil, a.command, "--version"), "", conversation)
	}))
	if r := said.(func() result)(); r.status != 0 {
		w.t.Skipf("%s does not run outside of any sandbox, so there is nothing to compare: %s", a.command, r.out)
	}
}

// asked has what each command said of its version.
var asked sync.Map
