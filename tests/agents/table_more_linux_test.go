package agents

import (
	"github.com/nono-sandbox/nono/tests/agents/model"
)

// shellCalls are the three calls of a conversation for an agent whose tool tool
// runs a shell command that it is given as arg, with more besides.
func shellCalls(tool string, call func(command string) map[string]any) func(*world) []model.Call {
	return func(*world) []model.Call {
		var calls []model.Call
		for _, c := range []string{"echo made by the agent >made.txt", "cp made.txt copy.txt", "cat ~/.ssh/id_ed25519"} {
			calls = append(calls, model.Call{Tool: tool, Args: call(c)})
		}
		return calls
	}
}

// moreAgents came later than those of agents, and are younger themselves.
var moreAgents = []agent{
	{
		profile: "copilot", command: "copilot",
		settle: func(*world, string) {},
		env: func(url string) []string {
			return []string{"COPILOT_PROVIDER_BASE_URL=" + url + "/v1", "COPILOT_MODEL=stand-in", "COPILOT_OFFLINE=true"}
		},
		prompt: []string{"--allow-all-tools", "-p", "do it"},
		file:   "project/made.txt",
		calls: shellCalls("bash", func(c string) map[string]any {
			return map[string]any{"command": c, "description": "try"}
		}),
		offline: "onnect",
		save:    []string{"mcp", "add", "kept-by-nono", "--", "true"},
		saved:   []string{"mcp", "get", "kept-by-nono"},
		setting: "kept-by-nono",
		screen:  screen{first: "Do you trust", keys: []string{"Down"}, then: "❯ 2.", cannot: "paste"},
	},
	{
		profile: "qwen", command: "qwen",
		settle: func(w *world, _ string) {
			w.file(".qwen/settings.json", `{"security": {"auth": {"selectedType": "openai"}}, "mine": {"kept": [1]}}`)
		},
		env: func(url string) []string {
			return []string{"OPENAI_API_KEY=x", "OPENAI_BASE_URL=" + url + "/v1", "OPENAI_MODEL=stand-in"}
		},
		prompt: []string{"--approval-mode", "yolo", "-p", "do it"},
		file:   "project/made.txt",
		calls: shellCalls("run_shell_command", func(c string) map[string]any {
			return map[string]any{"command": c, "description": "try", "is_background": false}
		}),
		offline: "onnection",
		save:    []string{"mcp", "add", "--scope", "user", "kept-by-nono", "true"},
		saved:   []string{"mcp", "list"},
		setting: "kept-by-nono",
		mine:    ".qwen/settings.json", keeps: `"kept"`,
		screen: screen{first: "Type your message", keys: []string{"typed by nono"}, then: "typed by nono", cannot: "suspend"},
	},
	{
		profile: "pi", command: "pi",
		settle: func(w *world, url string) {
			w.file(".pi/agent/models.json", `{"providers": {"standin": {"baseUrl": "`+url+`/v1", "api": "openai-completions",
				"apiKey": "x", "models": [{"id": "stand-in"}]}}}`)
			w.file("project/extension/package.json", `{"name": "kept-by-nono", "version": "1.0.0"}`)
		},
		env:    func(string) []string { return nil },
		prompt: []string{"--provider", "standin", "--model", "stand-in", "-p", "do it"},
		file:   "project/made.txt",
		calls: shellCalls("bash", func(c string) map[string]any {
			return map[string]any{"command": c}
		}),
		offline: "onnection",
		save:    []string{"install", "./extension"},
		saved:   []string{"list"},
		setting: "extension",
		late:    true,
		screen:  screen{first: "pi v", keys: []string{"typed by nono"}, then: "typed by nono"},
	},
	{
		profile: "cline", command: "cline",
		settle: func(w *world, url string) {
			r := w.run(w.command(nil, w.nono("cline", "cline", "auth", "-p", "openai", "-k", "x", "-b", url+"/v1", "-m", "stand-in")...), "", conversation)
			if r.status != 0 {
				w.t.Fatalf("auth: status %d\n%s", r.status, r.out)
			}
		},
		env:    func(string) []string { return nil },
		prompt: []string{"do it"},
		file:   "project/made.txt",
		calls: shellCalls("run_commands", func(c string) map[string]any {
			return map[string]any{"commands": []string{c}}
		}),
		offline: "onnect",
		save:    []string{"mcp", "add", "--yes", "kept-by-nono", "--", "true"},
		saved:   []string{"mcp", "uninstall", "kept-by-nono"},
		setting: "kept-by-nono",
		late:    true,
		screen:  screen{args: []string{"-i"}, first: "What can I do", keys: []string{"typed by nono"}, then: "typed by nono", cannot: "suspend"},
	},
	{
		profile: "continue", command: "cn",
		settle: func(w *world, url string) {
			// Without it the first start on a terminal asks for a key.
			w.file(".continue/.onboarding_complete", "2026-11-01T00:00:00.000Z")
			w.file(".continue/config.yaml", "name: a\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: s\n    provider: openai\n    model: stand-in\n"+
				"    apiBase: "+url+"/v1\n    apiKey: x\n    capabilities: [tool_use]\n    roles: [chat]\n")
		},
		env:    func(string) []string { return nil },
		prompt: []string{"--auto", "-p", "do it"},
		file:   "project/made.txt",
		calls: shellCalls("Bash", func(c string) map[string]any {
			return map[string]any{"command": c}
		}),
		offline: "onnect",
		saved:   []string{"ls", "--json"},
		setting: "do it",
		late:    true,
		screen:  screen{first: "Ask anything", keys: []string{"typed by nono"}, then: "typed by nono", cannot: "suspend"},
	},
	{
		profile: "amp", command: "amp", account: true,
		settle:  func(*world, string) {},
		env:     func(string) []string { return nil },
		save:    []string{"mcp", "add", "kept-by-nono", "--", "true"},
		saved:   []string{"mcp", "list"},
		setting: "kept-by-nono",
		screen:  screen{args: []string{"login"}, first: "ampcode.com/auth/cli-login", keys: []string{"typed"}, then: "typed", cannot: "suspend"},
	},
	{
		profile: "auggie", command: "auggie", account: true,
		settle:  func(*world, string) {},
		env:     func(string) []string { return nil },
		save:    []string{"mcp", "add", "kept-by-nono", "--command", "/bin/true"},
		saved:   []string{"mcp", "list"},
		setting: "kept-by-nono",
		screen:  screen{args: []string{"login"}, first: "uthentication", keys: []string{"Down"}, then: "uthentication", cannot: "suspend"},
	},
}
