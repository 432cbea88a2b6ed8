package hook

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/policy"
	"golang.org/x/sys/unix"
)

const testCommand = `if [ -n "$NONO_SANDBOX" ] && grep x; then '/a "b/nono-why'` + hookMark

// hooksIn returns the commands of the event's hooks.
func hooksIn(t *testing.T, text string) []string {
	t.Helper()
	var s struct {
		Hooks map[string][]struct {
			Hooks []struct{ Type, Command string }
		}
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var out []string
	for _, group := range s.Hooks[hookEvent] {
		for _, h := range group.Hooks {
			if h.Type != "command" {
				t.Errorf("a hook of type %q", h.Type)
			}
			out = append(out, h.Command)
		}
	}
	return out
}

func TestWithHook(t *testing.T) {
	other := `{"matcher": "Bash", "hooks": [{"type": "command", "command": "mine"}]}`
	for _, c := range []struct {
		name, text string
		before     int
	}{
		{"empty object", "{}", 0},
		{"spread", "{\n}\n", 0},
		{"unknown keys", "{\n  \"x\": [1, {\"y\": null}],\n  \"hooksy\": \"hooks\"\n}\n", 0},
		{"tabs", "{\n\t\"model\": \"opus\"\n}", 0},
		{"one line", `{"model":"opus","permissions":{"allow":["Bash(ls:*)"]}}`, 0},
		{"no hooks", `{"hooks": {}}`, 0},
		{"another event", `{"hooks": {"Stop": [` + other + `]}}`, 0},
		{"an empty event", `{"hooks": {"PostToolUseFailure": []}, "z": 1}`, 0},
		{"another hook", `{"hooks": {"PostToolUseFailure": [` + other + `]}, "z": 1}`, 1},
		{"two", `{"a": "}", "hooks": {"PostToolUseFailure": [` + other + "," + other + `], "Stop": []}}`, 2},
		{"escapes", `{"a\"b": "\\", "é\u00e9\ud83d\ude00": "\/"}`, 0},
		{"numbers", `{"n": [0, -1, 1.5, 2e10, 1E-2, -0.0e+1]}`, 0},
		{"carriage returns", "{\r\n  \"a\": true\r\n}\r\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			with, err := withHook(c.text, testCommand)
			if err != nil {
				t.Fatal(err)
			}
			got := hooksIn(t, with)
			if len(got) != c.before+1 || got[c.before] != testCommand {
				t.Errorf("hooks %q in\n%s", got, with)
			}
			if again, err := withHook(with, testCommand); err != nil || again != with {
				t.Errorf("a second time: %v\n%s", err, again)
			}
			moved, err := withHook(with, strings.Replace(testCommand, "/a", "/elsewhere", 1))
			if got := hooksIn(t, moved); err != nil || len(got) != c.before+1 || !strings.Contains(got[c.before], "/elsewhere") {
				t.Errorf("moved: %v %q", err, got)
			}
			without, err := withHook(with, "")
			if err != nil || !same(t, c.text, without) {
				t.Errorf("taken out: %v\n%s\nwas\n%s", err, without, c.text)
			}
			if !strings.Contains(c.text, "{}") && !strings.Contains(c.text, "[]") && strings.TrimSpace(c.text) != "{\n}" && without != c.text {
				t.Errorf("taken out, other bytes:\n%q\nwas\n%q", without, c.text)
			}
			if none, err := withHook(c.text, ""); err != nil || none != c.text {
				t.Errorf("nothing to take out: %v\n%s", err, none)
			}
		})
	}
	if text, err := withHook(" \n", testCommand); err != nil || len(hooksIn(t, text)) != 1 {
		t.Errorf("an empty file: %v\n%s", err, text)
	}
	if text, err := withHook("", ""); err != nil || text != "" {
		t.Errorf("removed from no file: %v %q", err, text)
	}
}

// same reports whether two texts mean the same, but for what a hook that is
// taken out leaves empty, and takes along.
func same(t *testing.T, a, b string) bool {
	t.Helper()
	var v, w map[string]any
	if err := errors.Join(json.Unmarshal([]byte(a), &v), json.Unmarshal([]byte(b), &w)); err != nil {
		t.Fatal(err)
	}
	for _, m := range []map[string]any{v, w} {
		if h, ok := m["hooks"].(map[string]any); ok {
			if l, ok := h[hookEvent].([]any); ok && len(l) == 0 {
				delete(h, hookEvent)
			}
			if len(h) == 0 {
				delete(m, "hooks")
			}
		}
	}
	return reflect.DeepEqual(v, w)
}

func TestWithHookRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  // a comment\n  \"a\": 1\n}": "line 2 is not JSON: invalid character '/' looking for beginning of object key string",
		"{\"a\": /* c */ 1}":               "line 1 is not JSON: invalid character '/' looking for beginning of value",
		"{\"a\": 1,\n}":                    "line 2 is not JSON: invalid character '}' looking for beginning of object key string",
		"{\"a\": 1":                        "line 1 is not JSON: unexpected end of JSON input",
		"{\"a\": 1} x":                     "line 1 is not JSON: invalid character 'x' after top-level value",
		"[]":                               "it is not a JSON object",
		"{\"a\": 01}":                      "line 1 is not JSON: invalid character '1' after object key:value pair",
		"{\"a\": nil}":                     "line 1 is not JSON: invalid character 'i' in literal null (expecting 'u')",
		"{\"a\": \"b\nc\"}":                "line 1 is not JSON: invalid character '\\n' in string literal",
		"{\"a\": \"\\x\"}":                 "line 1 is not JSON: invalid character 'x' in string escape code",
		"{\"hooks\": {}, \"a\": 1, \"hooks\": {}}":  "line 1 is not JSON: the key 'hooks' stands there twice",
		"{\n\"hooks\": {}, \"h\\u006foks\": {}}":    "line 2 is not JSON: the key 'hooks' stands there twice",
		"{\"hooks\": []}":                           "its 'hooks' is not an object",
		"{\"hooks\": {\"PostToolUseFailure\": {}}}": "its 'PostToolUseFailure' is not an array",
		"{\"a\": " + strings.Repeat("[", 30000):     "line 1 is not JSON: invalid character '[' exceeded max depth",
		"\xef\xbb\xbf{}":                            "line 1 is not JSON: invalid character 'ï' looking for beginning of value",
	} {
		_, err := withHook(text, testCommand)
		if err == nil || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, s := range []string{"{}", `{"a": [1, "b\n", null], "c": {"d": true}}`, `[[], {}]`, `"x"`, "-1.5e3", `{"a":1,"a":2}`, "{\"\\ud83d\": 0}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := readJSON(text)
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("%q is not JSON and was read", text)
		}
		var check func(n *node)
		check = func(n *node) {
			if n.start >= n.end || n.end > len(text) || n.kind != 'v' && text[n.start] != n.kind || !json.Valid([]byte(text[n.start:n.end])) {
				t.Fatalf("%q: a value at %d to %d", text, n.start, n.end)
			}
			for _, m := range n.members {
				check(m.value)
			}
		}
		check(n)
	})
}

func TestSettingsFile(t *testing.T) {
	const text = "{\n  \"model\": \"opus\"\n}\n"
	prepare := func(t *testing.T) (string, policy.Host) {
		home := t.TempDir()
		file := filepath.Join(home, ".claude", "settings.json")
		if err := errors.Join(os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o640)); err != nil {
			t.Fatal(err)
		}
		return file, policy.Host{Env: func(n string) string { return map[string]string{"HOME": home}[n] }}
	}
	for _, c := range []struct {
		name, want string
		spoil      func(file string) error
	}{
		{"symlink", "it is a symlink, which replacing the file would cut", func(f string) error {
			return errors.Join(os.Rename(f, f+".real"), os.Symlink(f+".real", f))
		}},
		{"read-only", "it is read-only", func(f string) error { return os.Chmod(f, 0o444) }},
		{"hard link", "it has a second name (a hard link), which replacing the file would cut", func(f string) error { return os.Link(f, f+"2") }},
		{"fifo", "it is not a regular file", func(f string) error { return errors.Join(os.Remove(f), unix.Mkfifo(f, 0o600)) }},
		{"directory", "it is not a regular file", func(f string) error { return errors.Join(os.Remove(f), os.Mkdir(f, 0o700)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, _ := prepare(t)
			if err := c.spoil(file); err != nil {
				t.Fatal(err)
			}
			_, err := openSettings(file)
			if err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Error(err)
			}
		})
	}
	t.Run("whole", func(t *testing.T) {
		file, h := prepare(t)
		path, err := claudeSettings(h)
		if err != nil || path != file {
			t.Fatal(path, err)
		}
		s, err := openSettings(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.write("{}\n"); err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(file)
		if err != nil || st.Mode().Perm() != 0o640 {
			t.Error(st.Mode(), err)
		}
		names, err := os.ReadDir(filepath.Dir(file))
		if err != nil || len(names) != 1 {
			t.Error(names, err)
		}
		// Another program has changed the file since s was opened.
		if err := s.write(text); err == nil || !strings.Contains(err.Error(), "another program has just changed it") {
			t.Error(err)
		}
		if now, err := os.ReadFile(file); err != nil || string(now) != "{}\n" {
			t.Errorf("%q %v", now, err)
		}
	})
	t.Run("new", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "a", "settings.json")
		s, err := openSettings(file)
		if err != nil || !s.new {
			t.Fatal(s, err)
		}
		if err := s.write("{}\n"); err != nil {
			t.Fatal(err)
		}
		if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
			t.Error(st, err)
		}
	})
}
