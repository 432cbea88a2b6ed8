package agents

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/tests/agents/model"
)

// An agent is one program and how it is made to talk to the stand-in.
type agent struct {
	profile, command string
	// settle writes the settings with which it talks to a model at url.
	settle func(w *world, url string)
	env    func(url string) []string
	prompt []string // the arguments of one turn without a terminal
	// calls has it make a file, copy it, and read a secret, in its own tools'
	// words; file is where the first is made.
	file  string
	calls func(w *world) []model.Call
	// offline is what it says when nothing answers.
	offline string
	save    []string // arguments that write a setting
	saved   []string // arguments that print it on a second start
	setting string   // what they print
	screen  screen
}

var agents = []agent{
	{
		profile: "claude-code", command: "claude",
		settle: func(w *world, _ string) {
			w.file(".claude.json", `{"hasCompletedOnboarding": true, "theme": "dark", "mine": {"kept": [1]}}`)
		},
		env: func(url string) []string {
			return []string{"ANTHROPIC_API_KEY=sk-ant-stand-in", "ANTHROPIC_BASE_URL=" + url, "CLAUDE_CODE_MAX_RETRIES=0", "DISABLE_AUTOUPDATER=1"}
		},
		prompt: []string{"-p", "do it", "--allowedTools", "Write,Bash"},
		file:   "project/made.txt",
		calls: func(w *world) []model.Call {
			return []model.Call{
				{Tool: "Write", Args: map[string]any{"file_path": w.path("project/made.txt"), "content": "made by the agent\n"}},
				{Tool: "Bash", Args: map[string]any{"command": "cp made.txt copy.txt", "description": "copy"}},
				{Tool: "Bash", Args: map[string]any{"command": "cat ~/.ssh/id_ed25519", "description": "read"}},
			}
		},
		offline: "Connection refused",
		save:    []string{"mcp", "add", "--scope", "user", "kept-by-nono", "--", "true"},
		saved:   []string{"mcp", "get", "kept-by-nono"},
		setting: "kept-by-nono",
		screen:  screen{first: "Yes, I trust this folder", keys: []string{"Down"}, then: "❯ Yes"},
	},
	{
		profile: "opencode", command: "opencode",
		settle: func(w *world, url string) {
			w.file(".config/opencode/opencode.json", `{"permission": "allow", "autoupdate": false, "model": "standin/stand-in",
				"provider": {"standin": {"npm": "@ai-sdk/openai-compatible", "name": "standin", "models": {"stand-in": {"name": "stand-in"}},
				"options": {"baseURL": "`+url+`/v1", "apiKey": "x"}}}}`)
		},
		env:    func(string) []string { return nil },
		prompt: []string{"run", "do it"},
		file:   "project/made.txt",
		calls: func(w *world) []model.Call {
			return []model.Call{
				{Tool: "write", Args: map[string]any{"filePath": w.path("project/made.txt"), "content": "made by the agent\n"}},
				{Tool: "bash", Args: map[string]any{"command": "cp made.txt copy.txt", "description": "copy"}},
				{Tool: "bash", Args: map[string]any{"command": "cat ~/.ssh/id_ed25519", "description": "read"}},
			}
		},
		offline: "onnect",
		save:    []string{"run", "keep this session"},
		saved:   []string{"session", "list"},
		setting: "ses_",
		screen:  screen{first: "Ask anything", keys: []string{"typed by nono"}, then: "typed by nono"},
	},
	{
		profile: "openclaw", command: "openclaw",
		settle: func(w *world, url string) {
			r := w.run(w.command(nil, w.nono("openclaw", "openclaw", "onboard", "--non-interactive", "--accept-risk", "--mode", "local",
				"--auth-choice", "custom-api-key", "--custom-base-url", url+"/v1", "--custom-model-id", "stand-in", "--custom-api-key", "x",
				"--gateway-port", gatewayPort, "--gateway-bind", "loopback", "--no-install-daemon", "--skip-health", "--skip-channels", "--skip-skills")...),
				"", 3*time.Minute)
			if r.status != 0 {
				w.t.Fatalf("onboard: status %d\n%s", r.status, r.out)
			}
		},
		env:    func(string) []string { return nil },
		prompt: []string{"agent", "--local", "--agent", "main", "--message", "do it"},
		file:   ".openclaw/workspace/made.txt",
		calls: func(w *world) []model.Call {
			return []model.Call{
				{Tool: "write", Args: map[string]any{"path": "made.txt", "content": "made by the agent\n"}},
				{Tool: "exec", Args: map[string]any{"command": "cp made.txt copy.txt"}},
				{Tool: "exec", Args: map[string]any{"command": "cat ~/.ssh/id_ed25519 " + w.path(".ssh/id_ed25519")}},
			}
		},
		offline: "onnect",
		save:    []string{"config", "set", "gateway.port", "18111"},
		saved:   []string{"config", "get", "gateway.port"},
		setting: "18111",
		screen:  screen{args: []string{"onboard"}, first: "How would you like to start", keys: []string{"Down"}, then: "● Custom"},
	},
	{
		profile: "codex", command: "codex",
		settle: func(w *world, url string) {
			w.file(".codex/config.toml", "model = \"stand-in\"\nmodel_provider = \"standin\"\nsandbox_mode = \"danger-full-access\"\n"+
				"[model_providers.standin]\nname = \"standin\"\nbase_url = \""+url+"/v1\"\nenv_key = \"OPENAI_API_KEY\"\nwire_api = \"responses\"\n")
		},
		env:    func(string) []string { return []string{"OPENAI_API_KEY=x"} },
		prompt: []string{"exec", "--skip-git-repo-check", "do it"},
		file:   "project/made.txt",
		calls: func(w *world) []model.Call {
			return []model.Call{
				{Tool: "exec_command", Args: map[string]any{"cmd": "echo made by the agent >made.txt"}},
				{Tool: "exec_command", Args: map[string]any{"cmd": "cp made.txt copy.txt"}},
				{Tool: "exec_command", Args: map[string]any{"cmd": "cat ~/.ssh/id_ed25519"}},
			}
		},
		offline: "waiting for network",
		save:    []string{"mcp", "add", "kept-by-nono", "--", "true"},
		saved:   []string{"mcp", "get", "kept-by-nono"},
		setting: "kept-by-nono",
		screen:  screen{args: []string{"--no-daemon"}, first: "Ask Codex", keys: []string{"typed by nono"}, then: "› typed by nono"},
	},
	{
		profile: "gemini", command: "gemini",
		settle: func(w *world, _ string) {
			w.file(".gemini/settings.json", `{"security": {"auth": {"selectedType": "gemini-api-key"}}, "mine": {"kept": [1]}}`)
		},
		env: func(url string) []string { return []string{"GEMINI_API_KEY=x", "GOOGLE_GEMINI_BASE_URL=" + url} },
		// A model by name: without one it asks a model which to ask.
		prompt: []string{"--skip-trust", "-m", "gemini-2.5-pro", "--approval-mode", "yolo", "-p", "do it"},
		file:   "project/made.txt",
		calls: func(w *world) []model.Call {
			return []model.Call{
				{Tool: "write_file", Args: map[string]any{"file_path": w.path("project/made.txt"), "content": "made by the agent\n"}},
				{Tool: "run_shell_command", Args: map[string]any{"command": "cp made.txt copy.txt", "description": "copy"}},
				{Tool: "run_shell_command", Args: map[string]any{"command": "cat ~/.ssh/id_ed25519", "description": "read"}},
			}
		},
		offline: "fetch failed",
		save:    []string{"mcp", "add", "--scope", "user", "kept-by-nono", "true"},
		saved:   []string{"mcp", "list"},
		setting: "kept-by-nono",
		screen:  screen{args: []string{"--skip-trust"}, first: "Type your message", keys: []string{"typed by nono"}, then: "typed by nono"},
	},
}

// gatewayPort is where the tests' gateway listens.
const gatewayPort = "18911"

// each runs f for every agent, in a home of its own.
func each(t *testing.T, f func(t *testing.T, w *world, a agent)) {
	for _, a := range agents {
		t.Run(a.profile, func(t *testing.T) {
			ordinary(t, func(w *world) {
				w.install()
				a.installed(w.t, w)
				w.leaveNothing()
				f(w.t, w, a)
			})
		})
	}
}

func TestVersionAndHelp(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		for _, flag := range []string{"--version", "--help"} {
			outside := w.run(w.command(nil, a.command, flag), "", time.Minute)
			inside := w.run(w.command(nil, w.nono(a.profile, a.command, flag)...), "", time.Minute)
			if inside.status != 0 || inside.out != outside.out || inside.out == "" {
				t.Errorf("%s: status %d\n%s\noutside:\n%s", flag, inside.status, inside.out, outside.out)
			}
		}
	})
}

// One whole turn: the model has the agent make a file, copy it and read a
// secret, and is told how each went.
func TestConversation(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		m := model.New(a.calls(w)...)
		defer m.Close()
		a.settle(w, m.URL)
		r := w.run(w.command(a.env(m.URL), w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...), "", 4*time.Minute)
		if r.status != 0 || !strings.Contains(r.out, model.Final) {
			t.Errorf("status %d\n%s", r.status, r.out)
		}
		for _, f := range []string{a.file, strings.Replace(a.file, "made", "copy", 1)} {
			if got := w.text(f); got != "made by the agent\n" {
				t.Errorf("%s has %q", f, got)
			}
		}
		last := m.Last()
		if !strings.Contains(last, "Permission denied") {
			t.Errorf("the model was not told of the refusal:\n%.4000s", last)
		}
		for _, q := range m.Requests() {
			if strings.Contains(q, secret) {
				t.Fatalf("the secret got out:\n%s", q)
			}
		}
	})
}

// The control of TestConversation: outside, the same calls give the secret away.
func TestConversationOutside(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		m := model.New(a.calls(w)...)
		defer m.Close()
		a.settle(w, m.URL)
		r := w.run(w.command(a.env(m.URL), append([]string{a.command}, a.prompt...)...), "", 4*time.Minute)
		if r.status != 0 || !strings.Contains(m.Last(), secret) {
			t.Errorf("status %d, and the secret was not read:\n%s", r.status, r.out)
		}
	})
}

// Without a network there is an error about the network, and none about files.
func TestOffline(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		const nobody = "http://127.0.0.1:9" // the discard service: nothing listens there
		a.settle(w, nobody)
		r := w.run(w.command(a.env(nobody), w.nono(a.profile, append([]string{a.command}, a.prompt...)...)...), a.offline, 3*time.Minute)
		if !strings.Contains(r.out, a.offline) {
			t.Errorf("no %q; status %d\n%s", a.offline, r.status, r.out)
		}
		crashes(t, r.out)
	})
}

// crashes fails the test where an agent's output speaks of files it was refused.
func crashes(t *testing.T, out string) {
	t.Helper()
	for _, bad := range []string{"EACCES", "EPERM", "ermission denied", "not permitted", "Unhandled", "panic", "core dumped"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q in the output:\n%s", bad, out)
		}
	}
}

// What an agent keeps is there at its second start, and nothing else in its
// settings is lost.
func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		m := model.New()
		defer m.Close()
		a.settle(w, m.URL)
		for _, args := range [][]string{a.save, a.saved} {
			r := w.run(w.command(a.env(m.URL), w.nono(a.profile, append([]string{a.command}, args...)...)...), "", 3*time.Minute)
			if r.status != 0 {
				t.Errorf("%v: status %d\n%s", args, r.status, r.out)
			}
			crashes(t, r.out)
			if len(args) > 0 && &args[0] == &a.saved[0] && !strings.Contains(r.out, a.setting) {
				t.Errorf("%v does not print %q:\n%s", args, a.setting, r.out)
			}
		}
		for file, keep := range map[string]string{".claude.json": `"kept"`, ".gemini/settings.json": `"kept"`} {
			if _, err := os.Stat(w.path(file)); err == nil && !strings.Contains(w.text(file), keep) {
				t.Errorf("%s has lost what was in it:\n%s", file, w.text(file))
			}
		}
	})
}

// A first start, with nothing there: nono makes what the agent needs.
func TestFirstSettings(t *testing.T) {
	each(t, func(t *testing.T, w *world, a agent) {
		if a.profile == "opencode" || a.profile == "openclaw" {
			t.Skip("it has nothing to keep before it knows a model")
		}
		for _, args := range [][]string{a.save, a.saved} {
			r := w.run(w.command(a.env("http://127.0.0.1:9"), w.nono(a.profile, append([]string{a.command}, args...)...)...), "", 2*time.Minute)
			if r.status != 0 {
				t.Errorf("%v: status %d\n%s", args, r.status, r.out)
			}
		}
	})
}
