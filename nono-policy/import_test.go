package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What can be taken over is, and nothing that was said is lost without a word: neither a
// value that would be another line, nor a section that nobody knows.
func TestImport(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for _, c := range []struct {
		name, json, want string
		status           int
	}{
		{"paths", `{"filesystem": {"allow": ["$HOME/.npm", "$WORKDIR/out", ".", "src"], "read": ["~/lib"], "write": ["/srv/out"],
			"allow_file": ["~/.x"], "read_file": ["$XDG_CONFIG_HOME/x"], "write_file": [], "deny": ["~/secret"]}}`,
			"allow $HOME/.npm\nallow $WORKDIR/out\nallow $WORKDIR\nallow $WORKDIR/src\nread ~/lib\nwrite /srv/out\nallow-file ~/.x\nread-file $XDG_CONFIG_HOME/x\ndeny ~/secret\n", 0},
		{"one system", `{"filesystem": {"read": [{"path": "~/Library/x", "when": "macos"}, {"path": "/x"}, {"path": "/y", "when": "linux:fedora"}]}}`,
			"macos read ~/Library/x\nread /x\n# not taken over: filesystem.read {\"path\":\"/y\",\"when\":\"linux:fedora\"}\n", 1},
		{"the rest", `{"extends": ["default", "node", "gone"], "meta": {"name": "n"}, "interactive": true, "workdir": {"access": "readwrite"},
			"network": {"block": true}, "commands": {"deny": []}}`,
			"profile node\n# not taken over: extends \"gone\"\nworkdir readwrite\nnet-block\n", 1},
		{"hosts", `{"network": {"block": false, "allow_domain": ["a.example", "*.b.example:443", {"domain": "c"}], "open_port": [3000]}}`,
			"host a.example\nhost *.b.example:443\n# not taken over: network.allow_domain {\"domain\":\"c\"}\n# not taken over: network.open_port [3000]\n", 1},
		{"what takes away", `{"environment": {"allow_vars": ["PATH"]}, "security": {"signal_mode": "isolated"}, "new": 1}`,
			"# not taken over: environment {\"allow_vars\":[\"PATH\"]}\n# not taken over: new 1\n# not taken over: security {\"signal_mode\":\"isolated\"}\n", 1},
		{"another line", `{"filesystem": {"allow": ["~/x\nallow /"], "read": ["$OTHER/x", "", 7]}, "workdir": {"access": "all\nallow /"}, "a\nallow /": 1}`,
			"# not taken over: workdir.access \"all\\nallow /\"\n# not taken over: allow \"~/x\\nallow /\"\n# not taken over: filesystem.read \"$OTHER/x\"\n" +
				"# not taken over: filesystem.read \"\"\n# not taken over: filesystem.read 7\n# not taken over: \"a\\nallow /\" 1\n", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "agent.json")
			if err := os.WriteFile(file, []byte(c.json), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			status, err := importProfile([]string{file}, &out)
			if want := "# 'agent': taken over from JSON\n" + c.want; err != nil || status != c.status || out.String() != want {
				t.Errorf("%d, %v\n%s\nwant %d\n%s", status, err, out.String(), c.status, want)
			}
		})
	}
}

// A profile in TOML is taken over as the same in JSON is.
func TestImportTOML(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	const text = `
[meta]
name = "agent" # a comment
version = 1.0

[filesystem]
allow = ["$HOME/.npm", """~/a
allow /"""]
read = ['/srv/lib', 7]
read_file = ["~/.gitconfig"]

[network]
block = true

[secrets]
api_key = "KEY"

[[hooks]]
at = 2024-05-01T10:00:00Z
`
	file := filepath.Join(t.TempDir(), "agent.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	status, err := importProfile([]string{file}, &out)
	const want = `# 'agent': taken over from TOML
allow $HOME/.npm
# not taken over: allow "~/a\nallow /"
read /srv/lib
# not taken over: filesystem.read 7
read-file ~/.gitconfig
net-block
# not taken over: hooks [{"at":"2024-05-01T10:00:00Z"}]
# not taken over: secrets {"api_key":"KEY"}
`
	if err != nil || status != found || out.String() != want {
		t.Errorf("%d, %v\n%s\nwant\n%s", status, err, out.String(), want)
	}
}

func TestImportFaults(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.toml": "[meta\n", "e.toml": "x = inf\n", "f.toml": "a = 1\na = 2\n", "b.json": "[]", "c.json": strings.Repeat(" ", maxSigned+1), "d.json": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if _, err := importProfile([]string{filepath.Join(dir, name)}, &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
	if _, err := importProfile([]string{"a", "b"}, &strings.Builder{}); err == nil {
		t.Error("two files are taken")
	}
}

// TestImportNames: what a file is called reaches neither the profile nor a terminal as it is.
func TestImportNames(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	const name = "a\nallow ~\n\x1b[31m\xff.json"
	for _, text := range []string{`{"filesystem": {"read": ["/srv", "$OTHER/x"]}}`, `{"extends": ["gone"]`} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		_, err := importProfile([]string{file}, &out)
		told := out.String()
		if err != nil {
			told += err.Error()
		}
		if told == "" || strings.Contains(told, "\x1b") || strings.Contains(told, "\nallow ~\n") || strings.Contains(told, "\xff") {
			t.Errorf("%s: %q", text, told)
		}
	}
}
