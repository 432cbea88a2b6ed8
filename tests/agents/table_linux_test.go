package agents

import (
	"github.com/nono-sandbox/nono/tests/agents/model"
)

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
		mine:    ".claude.json", keeps: `"kept"`,
		screen: screen{first: "Yes, I trust this folder", keys: []string{"Down"}, then: "❯ Yes", cannot: "paste"},
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
		saved:   []string{"session", "list"},
		setting: "ses_",
		late:    true,
		screen:  screen{first: "Ask anything", keys: []string{"typed by nono"}, then: "typed by nono"},
	},
	{
		profile: "openclaw", command: "openclaw",
		settle: func(w *world, url string) {
			r := w.run(w.command(nil, w.nono("openclaw", "openclaw", "onboard", "--non-interactive", "--accept-risk", "--mode", "local",
				"--auth-choice", "custom-api-key", "--custom-base-url", url+"/v1", "--custom-model-id", "stand-in", "--custom-api-key", "x",
				"--gateway-port", gatewayPort, "--gateway-bind", "loopback", "--no-install-daemon", "--skip-health", "--skip-channels", "--skip-skills")...),
				"", conversation)
			if r.status != 0 {
				w.t.Fatalf("onboard: status %d\n%s", r.status, r.out)
			}
		},
		env:    func(string) []string { return nil },
		prompt: []string{"agent", "--local", "--agent", "main", "--session-id", "SESSION", "--message", "do it"},
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
		late:    true,
		screen:  screen{args: []string{"onboard"}, first: "How would you like to start", keys: []string{"Down"}, then: "● Custom", cannot: "paste suspend"},
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
		mine:    ".codex/config.toml", keeps: `name = "standin"`,
		screen: screen{args: []string{"--no-daemon"}, first: "Ask Codex", keys: []string{"typed by nono"}, then: "› typed by nono"},
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
		mine:    ".gemini/settings.json", keeps: `"kept"`,
		screen: screen{args: []string{"--skip-trust"}, first: "Type your message", keys: []string{"typed by nono"}, then: "typed by nono", cannot: "suspend"},
	},
}
