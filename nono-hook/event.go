package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// event is what agents hand over, by the names that each of them has.
type event struct {
	Name      string          `json:"hook_event_name"`
	Session   string          `json:"session_id"`
	Session2  string          `json:"sessionId"`
	Session3  string          `json:"conversation_id"`
	Cwd       string          `json:"cwd"`
	Roots     []string        `json:"workspace_roots"`
	Input     json.RawMessage `json:"tool_input"`
	Args      json.RawMessage `json:"toolArgs"`
	Response  json.RawMessage `json:"tool_response"`
	Output    json.RawMessage `json:"tool_output"`
	Result    json.RawMessage `json:"toolResult"`
	Shell     json.RawMessage `json:"output"`
	Error     json.RawMessage `json:"error"`
	ShellLine string          `json:"command"`
}

// read gives what nono why wants of an event, between NUL bytes: its kind, the session,
// the directory, and what the tool printed. Of a text that is no event it gives nothing:
// a hook that failed would stand in the way of the agent's tool.
func read(text []byte) ([]byte, error) {
	var e event
	if json.Unmarshal(text, &e) != nil {
		return nil, nil
	}
	printed := e.printed()
	if printed == "" {
		return nil, nil
	}
	var b bytes.Buffer
	for _, s := range []string{e.Name, e.Session + e.Session2 + e.Session3, e.dir()} {
		b.WriteString(field(s) + "\x00")
	}
	b.WriteString(printed)
	return b.Bytes(), nil
}

// field is s as it can stand between NUL bytes.
func field(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// answer is the JSON for the agent that sent an event of this kind: it is told said.
func answer(name, said string) ([]byte, error) {
	var all map[string]any
	switch name {
	case "postToolUse", "postToolUseFailure", "afterShellExecution": // Cursor
		all = map[string]any{"additional_context": said}
	case "": // Copilot, and nono's own plug-in for opencode
		all = map[string]any{"additionalContext": said}
	default:
		all = map[string]any{"hookSpecificOutput": map[string]any{"hookEventName": name, "additionalContext": said}}
	}
	text, err := json.Marshal(all)
	return append(text, '\n'), err
}

// dir is the directory in which the tool ran, or "".
func (e *event) dir() string {
	if filepath.IsAbs(e.Cwd) {
		return e.Cwd
	}
	if len(e.Roots) > 0 && filepath.IsAbs(e.Roots[0]) {
		return e.Roots[0]
	}
	return ""
}

// printed is what the tool printed, where that can tell of a refusal: all of an
// error, and the output of a shell's command. A file that was read, or a page that
// was fetched, may speak of anything.
func (e *event) printed() string {
	var b strings.Builder
	failed := e.Name == "PostToolUseFailure" || e.Name == "postToolUseFailure"
	if failed || e.ShellLine != "" || hasCommand(e.Input) || hasCommand(e.Args) {
		for _, v := range []json.RawMessage{e.Response, e.Output, e.Result, e.Shell} {
			gather(v, &b)
		}
	}
	gather(e.Error, &b)
	return b.String()
}

// hasCommand reports whether a tool was given a command of a shell. Some agents
// hand the arguments over as a string that is JSON.
func hasCommand(input json.RawMessage) bool {
	var quoted string
	if json.Unmarshal(input, &quoted) == nil {
		input = json.RawMessage(quoted)
	}
	var args map[string]json.RawMessage
	if json.Unmarshal(input, &args) != nil {
		return false
	}
	for _, name := range [...]string{"command", "cmd", "commands", "script"} {
		if args[name] != nil {
			return true
		}
	}
	return false
}

// gather writes every string within a JSON value to b, a line each at least, those of an
// object in the order of its names.
func gather(value json.RawMessage, b *strings.Builder) {
	var v any
	if json.Unmarshal(value, &v) == nil {
		gatherStrings(v, b)
	}
}

func gatherStrings(v any, b *strings.Builder) {
	switch v := v.(type) {
	case string:
		b.WriteString(v + "\n")
	case []any:
		for _, x := range v {
			gatherStrings(x, b)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			gatherStrings(v[name], b)
		}
	}
}
