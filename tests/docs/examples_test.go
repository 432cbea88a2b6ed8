package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// An example in a manual page, in a document's code, or in README's.
var example = regexp.MustCompile(`(?m)^(?:\.Dl |    |)nono (run|why) (.*--.*)$`)

// TestExamples looks at what each example of the manual and the documents would
// do, with programs that only have the names: the flags must exist and go
// together, and the profiles must be there.
func TestExamples(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	root, bin, home := suite.Root(t), suite.Build(t, suite.Newest), adasHome(t)
	for _, name := range []string{"agent", "claude", "codex", "npm", "make", "ssh-keygen", "project/configure"} {
		if !strings.Contains(name, "/") {
			name = "bin/" + name
		}
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(home, name), []byte("#!/bin/sh\n"), 0o755))
	}
	for _, dir := range []string{"library", "work", "srv/agent", "Documents", ".cache/go-build"} {
		must(t, os.MkdirAll(filepath.Join(home, dir), 0o755))
	}
	writeProfile(t, root, home)
	// As the line before saves one; TestLearn runs nono learn.
	must(t, os.WriteFile(filepath.Join(home, ".config/nono/profiles/my-make.profile"), []byte("workdir readwrite\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(home, "project/.nono.profile"), []byte("workdir readwrite\n"), 0o644))
	found := 0
	for _, pattern := range []string{"README.md", "docs/*.md", "packaging/man/*"} {
		pages, err := filepath.Glob(filepath.Join(root, pattern))
		must(t, err)
		for _, page := range pages {
			text, err := os.ReadFile(page)
			must(t, err)
			for _, m := range example.FindAllStringSubmatch(string(text), -1) {
				text, _, _ := strings.Cut(m[2], "   ") // what it does may stand behind it
				sub, rest := m[1], strings.NewReplacer(`\&`, "", " /work", " ~/work", " /srv", " ~/srv").Replace(text)
				if strings.HasPrefix(rest, "FLAGS") || strings.Contains(rest, "-hook") {
					continue // no example, or one that writes
				}
				found++
				if sub == "run" {
					rest = "--dry-run " + strings.Replace(rest, "--dry-run ", "", 1)
				}
				cmd := exec.Command("sh", "-c", "nono-"+sub+" "+rest)
				cmd.Dir = filepath.Join(home, "project")
				cmd.Env = []string{"HOME=" + home, "PATH=" + bin.Dir + ":" + home + "/bin:/usr/bin:/bin", "TMPDIR=" + t.TempDir(), "LC_ALL=C.UTF-8"}
				out, err := cmd.CombinedOutput()
				if code := cmd.ProcessState.ExitCode(); code != 0 && (sub != "why" || code != 1) {
					t.Errorf("%s: nono %s %s: %v\n%s", filepath.Base(page), sub, m[2], err, out)
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d examples found", found)
	}
}

// writeProfile puts the profile of docs/agents.md where the page says.
func writeProfile(t *testing.T, root, home string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs/agents.md"))
	must(t, err)
	_, rest, ok := strings.Cut(string(page), "`~/.config/nono/profiles/agent.profile`:\n\n")
	text, _, more := strings.Cut(rest, "\n\n`create` makes")
	if !ok || !more {
		t.Fatal("docs/agents.md has its profile in another way")
	}
	dir := filepath.Join(home, ".config/nono/profiles")
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "agent.profile"), []byte(text), 0o644))
	for _, name := range []string{"dotfiles/agent/settings.json"} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(home, name), []byte("{}\n"), 0o644))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
