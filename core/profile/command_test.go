package profile

import "testing"

func TestForCommand(t *testing.T) {
	for command, want := range map[string]string{
		"claude": "claude-code", "opencode": "opencode", "openclaw": "openclaw", "codex": "codex", "gemini": "gemini", "copilot": "copilot",
		"qwen": "qwen", "pi": "pi", "cline": "cline", "cn": "continue", "amp": "amp", "auggie": "auggie",
		"aider": "aider", "goose": "goose", "crush": "crush", "kilo": "kilo", "cursor-agent": "cursor",
		"": "", "sh": "", "git": "", "laude": "", "claude)": "",
	} {
		if got := ForCommand(command); got != want {
			t.Errorf("ForCommand(%q) = %q, want %q", command, got, want)
		}
	}
}
