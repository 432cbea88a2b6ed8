package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/query"
)

// An agent calls a hook after each of its tools, with JSON that says what the tool
// was given and what came of it (`nono run --install-hook`). The hook answers with
// what the sandbox refused, and with nothing where that is nothing.

// maxEvent is the size of an event in bytes beyond which it is not looked at: what
// a tool has printed is cut by the agents long before that.
const maxEvent = 8 << 20

// maxTold is the size in bytes of what the hook says, but for the summary that the
// first refusal of a session brings along.
const maxTold = 300

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

// hook answers one event. It never fails: a hook that does would stand in the way
// of the agent's tool.
func (w *sandbox) hook(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(io.LimitReader(in, maxEvent+1))
	var e event
	if err != nil || len(text) > maxEvent || json.Unmarshal(text, &e) != nil || w.outside {
		return nil
	}
	said := w.refused(e.printed(), e.dir())
	if said == "" {
		return nil
	}
	if w.firstOf(e.Session + e.Session2 + e.Session3) {
		said += "\n" + w.summary()
	}
	answer, err := json.Marshal(e.answer(said))
	if err != nil {
		return nil
	}
	return say(out, string(answer)+"\n")
}

// answer is the JSON that the agent which sent e takes.
func (e *event) answer(said string) map[string]any {
	switch e.Name {
	case "postToolUse", "postToolUseFailure", "afterShellExecution": // Cursor
		return map[string]any{"additional_context": said}
	case "": // Copilot, and nono's own plug-in for opencode
		return map[string]any{"additionalContext": said}
	}
	return map[string]any{"hookSpecificOutput": map[string]any{"hookEventName": e.Name, "additionalContext": said}}
}

func (e *event) dir() string {
	if filepath.IsAbs(e.Cwd) {
		return e.Cwd
	}
	if len(e.Roots) > 0 && filepath.IsAbs(e.Roots[0]) {
		return e.Roots[0]
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
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

// gather writes every string within a JSON value to b, a line each at least.
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
		for _, x := range v {
			gatherStrings(x, b)
		}
	}
}

// refused says in at most maxTold bytes what of a tool's output is the sandbox's
// doing, or "". The policy is asked about each path: what ordinary permissions
// refuse, or a database, is not the sandbox's.
func (w *sandbox) refused(output, dir string) string {
	var said string
	more := 0
	for _, r := range refusals(output, dir) {
		line := w.tell(r)
		switch {
		case line == "":
		case said == "":
			said = fit(line, maxTold-len(andMore))
		case len(said)+1+len(line) <= maxTold-len(andMore) && !strings.Contains(said, line):
			said += "\n" + line
		default:
			more++
		}
	}
	if more > 0 {
		said += andMore
	}
	return said
}

const andMore = "\nMore was refused too."

// tell says what the policy has to do with one refusal, or "".
func (w *sandbox) tell(r refusal) string {
	const begin = "Refused by the sandbox (nono): "
	if r.net {
		if w.spec.Net {
			return ""
		}
		return begin + "the network is blocked. Only the user can allow it: leave out --net-block."
	}
	for _, op := range r.ops {
		v, err := w.about(query.Question{Op: op, Path: r.path})
		if err != nil {
			return ""
		}
		if _, err := os.Lstat(r.path); op == query.Read && os.IsNotExist(err) {
			return "" // the line spoke of something else
		}
		if v.Status != query.Denied || v.Suggestion == nil && v.Line == nil && v.Reason != query.NotInAllowedPaths {
			continue
		}
		if v.Errno != "EACCES" && v.Errno != "EPERM" && v.Errno != "EXDEV" || v.EnforcedBy == "" {
			continue
		}
		flag := ""
		if v.Suggestion != nil {
			flag = ": " + v.Suggestion.String()
		}
		if v.Asks {
			return begin + string(op) + " " + fault.Quote(shorten(r.path, 80)) + ". The user was asked, and has not said yes."
		}
		return begin + string(op) + " " + fault.Quote(shorten(r.path, 80)) + ". Only the user can allow it" + fit(flag, 140) + "."
	}
	return ""
}

// shorten keeps the end of a path, which tells more of it than its beginning.
func shorten(path string, most int) string {
	if len(path) <= most {
		return path
	}
	return "…" + strings.ToValidUTF8(path[len(path)-most:], "")
}

// fit cuts a text to a number of bytes, and says so.
func fit(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}

// firstOf reports whether nothing has been told in an agent's session yet. The
// note of it is a file in the sandbox's own temp, beside which the spec lies; where
// none can be made the summary is left out, rather than told each time.
func (w *sandbox) firstOf(session string) bool {
	dir := strings.TrimSuffix(os.Getenv("NONO_SPEC"), ".spec")
	if dir == "" || session == "" {
		return false
	}
	var name strings.Builder
	for _, c := range []byte(session) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' {
			name.WriteByte(c)
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, ".told-"+fit(name.String(), 100)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false
	}
	return f.Close() == nil
}
