package install

import (
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
)

// An agent is where a hook of one agent goes, and in what form.
type agent struct {
	name string // its profile
	// variable moves the directory of its settings, which is beneath HOME
	// otherwise; name is the file in it.
	variable, dir, settings string
	// events are the moments after a tool, by the agent's own names.
	events []string
	// flat says that an event's list holds the hooks themselves, and not groups of
	// them with a matcher.
	flat bool
	// fresh is a settings file with nothing in it yet.
	fresh string
	// file, where it is not nil, makes a file that is nono's alone.
	file func(why string) string
	// after is what the user has to do besides.
	after string
}

// agents are those that have such hooks. Sources: the agents' own documentation
// (code.claude.com/docs/en/hooks, developers.openai.com/codex/hooks,
// geminicli.com/docs/hooks, docs.github.com Copilot CLI hooks reference,
// cursor.com/docs/hooks, opencode.ai/docs/plugins), and runs of each with a
// scripted model where one can be had (tests/agents); Cursor's could not.
var agents = [...]agent{
	{name: "claude-code", variable: "CLAUDE_CONFIG_DIR", dir: ".claude", settings: "settings.json",
		events: []string{"PostToolUse", "PostToolUseFailure"}, fresh: "{}\n"},
	{name: "codex", variable: "CODEX_HOME", dir: ".codex", settings: "hooks.json",
		events: []string{"PostToolUse"}, fresh: "{}\n", after: "; Codex asks at its next start whether to trust it"},
	{name: "copilot", variable: "COPILOT_HOME", dir: ".copilot", settings: "hooks/nono.json", file: copilotFile},
	{name: "cursor", dir: ".cursor", settings: "hooks.json",
		events: []string{"postToolUse", "postToolUseFailure"}, flat: true, fresh: "{\n  \"version\": 1\n}\n"},
	{name: "gemini", variable: "", dir: ".gemini", settings: "settings.json",
		events: []string{"AfterTool"}, fresh: "{}\n"},
	{name: "opencode", variable: "OPENCODE_CONFIG_DIR", dir: ".config/opencode", settings: "plugin/nono.js", file: opencodeFile},
	{name: "qwen", variable: "QWEN_HOME", dir: ".qwen", settings: "settings.json",
		events: []string{"PostToolUse", "PostToolUseFailure"}, fresh: "{}\n"},
}

// Agents are the names that Install takes.
func Agents() []string {
	var names []string
	for i := range agents {
		names = append(names, agents[i].name)
	}
	return names
}

func find(name string) *agent {
	if i := slices.IndexFunc(agents[:], func(a agent) bool { return a.name == name }); i >= 0 {
		return &agents[i]
	}
	return nil
}

// path is the user's settings file.
func (a *agent) path(h policy.Host) (string, error) {
	dir := ""
	if a.variable != "" {
		dir = h.Env(a.variable)
	}
	if dir == "" && a.name == "opencode" && h.Env("XDG_CONFIG_HOME") != "" {
		dir = filepath.Join(h.Env("XDG_CONFIG_HOME"), "opencode")
	}
	if dir == "" {
		dir = h.Env("HOME") + "/" + a.dir
	}
	if !filepath.IsAbs(dir) {
		return "", &fault.Error{Do: "find the settings of " + a.name, Path: dir, Err: fault.Text("that is not an absolute path")}
	}
	return filepath.Join(dir, a.settings), nil
}

// paste is the hook as one line to add by hand.
func (a *agent) paste(why string) string {
	if why == "" {
		why = "nono-why"
	}
	if a.file != nil {
		return a.file(why)
	}
	text := `"hooks": {`
	for i, event := range a.events {
		if i > 0 {
			text += ", "
		}
		text += jsonString(event) + ": [" + a.entry(command(why), "", false) + "]"
	}
	return text + "}"
}

// copilotFile is a file of Copilot's directory of hooks.
func copilotFile(why string) string {
	return "{\n  \"version\": 1,\n  \"hooks\": {\n    \"postToolUse\": [\n      {\n        \"type\": \"command\",\n        \"bash\": " +
		jsonString(command(why)) + "\n      }\n    ]\n  }\n}\n"
}

// opencodeFile is a plug-in of opencode's.
func opencodeFile(why string) string {
	return `// Tells the model what nono's sandbox has refused (nono run --install-hook opencode).
import { spawnSync } from "node:child_process"

const hook = [` + jsonString(why) + `, "` + mark[1:] + `"]

export const Nono = async () => ({
  "tool.execute.after": async (input, output) => {
    if (!process.env.NONO_SANDBOX || input.tool !== "bash" || typeof output?.output !== "string") return
    const event = {
      sessionId: input.sessionID,
      cwd: input.args?.workdir || process.cwd(),
      tool_input: { command: "" },
      tool_response: output.output,
    }
    const said = spawnSync(hook[0], hook.slice(1), { input: JSON.stringify(event), encoding: "utf8", timeout: 5000 }).stdout
    if (said) output.output += "\n" + JSON.parse(said).additionalContext
  },
})
`
}
