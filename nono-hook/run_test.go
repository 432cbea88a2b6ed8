package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/cli"
)

// filtered is what a filter makes of a text, and the exit status.
func filtered(t *testing.T, text string, words ...string) (string, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out, errs bytes.Buffer
	p := &cli.Printer{Out: &out, Err: &errs}
	status := cli.Finish(p, act(words, in, p), usage)
	if (status == 0) != (errs.Len() == 0) {
		t.Errorf("%v: status %d, %q", words, status, errs.String())
	}
	return out.String(), status
}

// Of an event comes what a tool has printed where it may tell of a refusal.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"hook_event_name":"PostToolUse","session_id":"s","cwd":"/w","tool_input":{"command":"x"},"tool_response":{"stdout":"a","list":["b",1]}}`: "PostToolUse|s|/w|b\na\n",
		`{"hook_event_name":"PostToolUseFailure","tool_input":{},"error":"e"}`:                                                                     "PostToolUseFailure|||e\n",
		`{"sessionId":"s","workspace_roots":["/r"],"toolArgs":"{\"command\":\"x\"}","toolResult":{"t":"a"}}`:                                       "|s|/r|a\n",
		`{"conversation_id":"c","cwd":"relative","command":"x","output":"a"}`:                                                                      "|c||a\n",
		`{"hook_event_name":"Post\u0000Tool","cwd":"/a\u0000b","error":"x\u0000y"}`:                                                                "PostTool||/ab|x\x00y\n",
		`{"hook_event_name":"PostToolUse","tool_input":{"file_path":"x"},"tool_response":"Permission denied"}`:                                     "",
		`{"hook_event_name":"PostToolUse","tool_input":{"command":"x"},"tool_response":{}}`:                                                        "",
		`{"hook_event_name": [not JSON`: "", ``: "", `[]`: "", `{"error":"` + strings.Repeat("a", 100) + `"} x`: "",
	} {
		got, status := filtered(t, text, "read")
		if fields := strings.SplitN(got, "\x00", 4); strings.Join(fields, "|") != want || status != 0 {
			t.Errorf("%s: %q, status %d, want %q", text, fields, status, want)
		}
	}
	if out, status := filtered(t, strings.Repeat(" ", most+1), "read"); out != "" || status == 0 {
		t.Errorf("an event that is too large: %q, status %d", out, status)
	}
}

func TestAnswer(t *testing.T) {
	const said = "read '/a\"b' \n<é>"
	for event, key := range map[string]string{"postToolUse": "additional_context", "": "additionalContext", "PostToolUse": "hookSpecificOutput"} {
		out, status := filtered(t, said, "answer", event)
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 {
			t.Fatalf("%s: %v, status %d, %q", event, err, status, out)
		}
		value := got[key]
		if inner, ok := value.(map[string]any); ok {
			if inner["hookEventName"] != event {
				t.Errorf("%s: %q", event, out)
			}
			value = inner["additionalContext"]
		}
		if value != said || len(got) != 1 || !strings.HasSuffix(out, "}\n") {
			t.Errorf("%s: %q", event, out)
		}
	}
}

func TestScripts(t *testing.T) {
	out, status := filtered(t, `{"name":"x","scripts":{"build":"rm -r \"dist\"","a\u0000b":"c\u0000d"},"other":{"scripts":{"no":"no"}}}`, "scripts")
	words := strings.Split(out, "\x00")
	got := map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		got[words[i]] = words[i+1]
	}
	if status != 0 || len(got) != 2 || got["build"] != `rm -r "dist"` || got["ab"] != "cd" || words[len(words)-1] != "" {
		t.Errorf("%q, status %d", out, status)
	}
	for _, text := range []string{"", "{", `{"scripts":[]}`, `{"scripts":{"a":1}}`} {
		if out, status := filtered(t, text, "scripts"); out != "" || status == 0 {
			t.Errorf("%q: %q, status %d", text, out, status)
		}
	}
	if out, status := filtered(t, "{}", "scripts"); out != "" || status != 0 {
		t.Errorf("%q, status %d", out, status)
	}
}

func TestMisuse(t *testing.T) {
	for _, words := range [][]string{nil, {"read", "x"}, {"answer"}, {"install", "claude-code"}, {"remove"}, {"install", "vim", "/nono-why"}, {"other"}} {
		if out, status := filtered(t, "{}", words...); out != "" || status != cli.Usage {
			t.Errorf("%q: %q, status %d", words, out, status)
		}
	}
}
