package install

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/policy"
	"golang.org/x/sys/unix"
)

const testWhy = "/a \"b/nono-why"

// hooksIn returns the commands of the event's hooks.
func hooksIn(t *testing.T, text, event string) []string {
	t.Helper()
	var s struct {
		Hooks map[string][]struct {
			Command string
			Hooks   []struct{ Type, Command string }
		}
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var out []string
	for _, group := range s.Hooks[event] {
		if group.Command != "" {
			out = append(out, group.Command)
		}
		for _, h := range group.Hooks {
			if h.Type != "command" {
				t.Errorf("a hook of type %q", h.Type)
			}
			out = append(out, h.Command)
		}
	}
	return out
}

// change is what Install and Remove do with a text; an absent file is "absent".
func (a *agent) changed(t *testing.T, text, why string) string {
	t.Helper()
	s := &settings{text: text}
	if text == absent {
		s = &settings{new: true}
	}
	out, gone, err := a.change(s, why)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if gone || text == absent && why == "" {
		return absent
	}
	return out
}

const absent = "(absent)"

// The hook goes into any settings, and out of them again: byte for byte.
func TestInAndOut(t *testing.T) {
	other := `{"matcher": "Bash", "hooks": [{"type": "command", "command": "mine"}]}`
	for name, text := range map[string]string{
		"absent": absent, "empty": "", "blank": " \n\t\n",
		"empty object": "{}", "spread": "{\n}\n", "wide": "{ \t }\r\n",
		"unknown keys":     "{\n  \"x\": [1, {\"y\": null}],\n  \"hooksy\": \"hooks\"\n}\n",
		"tabs":             "{\n\t\"model\": \"opus\"\n}",
		"one line":         `{"model":"opus","permissions":{"allow":["Bash(ls:*)"]}}`,
		"no hooks":         `{"hooks": {}}`,
		"no hooks, spread": "{\n  \"hooks\": {\n\n  }\n}\n",
		"another event":    `{"hooks": {"Stop": [` + other + `]}}`,
		"an empty event":   "{\"hooks\": {\"PostToolUse\": [ ], \"AfterTool\": [], \"postToolUse\": [\n]}, \"z\": 1}",
		"another hook":     `{"hooks": {"PostToolUse": [` + other + `]}, "z": 1}`,
		"two":              `{"a": "}", "hooks": {"PostToolUseFailure": [` + other + "," + other + `], "Stop": []}}`,
		"escapes":          `{"a\"b": "\\", "é\u00e9\ud83d\ude00": "\/"}`,
		"numbers":          `{"n": [0, -1, 1.5, 2e10, 1E-2, -0.0e+1]}`,
		"carriage returns": "{\r\n  \"a\": true\r\n}\r\n",
	} {
		for i := range agents {
			a := &agents[i]
			if a.file != nil && text != absent {
				continue
			}
			with := a.changed(t, text, testWhy)
			for _, event := range a.events {
				before := 0
				if json.Valid([]byte(text)) {
					before = len(hooksIn(t, text, event))
				}
				got := hooksIn(t, with, event)
				if len(got) != before+1 || !strings.HasPrefix(got[before], command(testWhy)) {
					t.Errorf("%s, %s: hooks %q in\n%s", a.name, name, got, with)
				}
			}
			if again := a.changed(t, with, testWhy); again != with {
				t.Errorf("%s, %s: a second time\n%s\nwas\n%s", a.name, name, again, with)
			}
			moved := a.changed(t, with, "/elsewhere/nono-why")
			if strings.Contains(moved, "/a ") || !strings.Contains(moved, "/elsewhere") {
				t.Errorf("%s, %s: moved\n%s", a.name, name, moved)
			}
			for _, in := range []string{with, moved} {
				if out := a.changed(t, in, ""); out != text {
					t.Errorf("%s, %s: taken out\n%q\nwas\n%q", a.name, name, out, text)
				}
			}
			if none := a.changed(t, text, ""); none != text && a.file == nil {
				t.Errorf("%s, %s: nothing to take out, and\n%q", a.name, name, none)
			}
		}
	}
}

// What was installed by an earlier version is found, and what a person has added
// beside the hook stays.
func TestOthersStay(t *testing.T) {
	a := find("claude-code")
	old := `{"hooks": {"PostToolUseFailure": [{"hooks": [{"type": "command", "command": "if x; then '/old/nono-why' --self --summary >&2; exit 2; fi"}]}]}, "z": 1}`
	if got := a.changed(t, old, ""); got != `{"z": 1}` {
		t.Errorf("an earlier version's, taken out: %s", got)
	}
	if got := a.changed(t, old, testWhy); strings.Contains(got, "/old/") || len(hooksIn(t, got, "PostToolUse")) != 1 {
		t.Errorf("an earlier version's, replaced: %s", got)
	}
	with := a.changed(t, absent, testWhy)
	added := strings.Replace(with, "{\n", "{\n  \"mine\": 1,\n", 1)
	if got := a.changed(t, added, ""); !strings.Contains(got, `"mine": 1`) || strings.Contains(got, "nono") || !json.Valid([]byte(got)) {
		t.Errorf("a key beside: %s", got)
	}
	if _, _, err := find("copilot").change(&settings{text: "{}"}, testWhy); err == nil {
		t.Error("a file of another's is replaced")
	}
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
		_, _, err := find("claude-code").change(&settings{text: text}, testWhy)
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
		path, err := find("claude-code").path(h)
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
