package agents

import (
	"os"
	"path/filepath"
	"strings"
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
