// Package docs runs what the documentation shows, so that it stays true.
package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A block begins with "```console". In it "$ " begins a command, and what it
// prints follows; a line "…" stands for any number of lines.
const fence = "```"

// step is one command of a document and what it is said to print.
type step struct {
	line    int
	command string
	want    []string
}

func steps(text string) []step {
	var all []step
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, fence):
			inside = line == fence+"console"
		case !inside:
		case strings.HasPrefix(line, "$ "):
			all = append(all, step{line: i + 1, command: line[2:]})
		case len(all) > 0:
			s := &all[len(all)-1]
			s.want = append(s.want, line)
		}
	}
	return all
}

// TestReadme lives through the README's tour as Ada does, in a home like hers.
func TestReadme(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	follow(t, "README.md", adasHome(t))
}

// TestTroubleshooting does what stands there, in a home where the project is a
// repository of git with a second worktree.
func TestTroubleshooting(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	home := adasHome(t)
	for _, args := range []string{"init -q", "config user.name Ada", "config user.email ada@example.org", "add .", "commit -qm first", "worktree add -q ../fix"} {
		cmd := exec.Command("git", strings.Fields("-C "+home+"/project "+args)...)
		cmd.Env = append(os.Environ(), "HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	follow(t, "docs/troubleshooting.md", home)
}

func follow(t *testing.T, name, home string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(suite.Root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	all := steps(string(text))
	if len(all) == 0 {
		t.Fatal("no commands found")
	}
	bin := suite.Build(t, suite.Newest)
	dir := home
	for _, s := range all {
		if to, ok := strings.CutPrefix(s.command, "cd "); ok {
			dir = strings.Replace(to, "~", home, 1)
			continue
		}
		cmd := exec.Command("sh", "-c", s.command)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + home, "PATH=" + bin.Dir + ":/usr/bin:/bin", "TMPDIR=" + t.TempDir(), "LC_ALL=C.UTF-8"}
		out, _ := cmd.CombinedOutput() // a status is what many of them show
		got := strings.ReplaceAll(strings.TrimRight(string(out), "\n"), home, "/home/ada")
		if !matches(split(got), s.want) {
			t.Errorf("%s:%d: $ %s\nprints\n%s\nnot\n%s", name, s.line, s.command, got, strings.Join(s.want, "\n"))
		}
	}
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func matches(got, want []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] != "…" {
		return len(got) > 0 && got[0] == want[0] && matches(got[1:], want[1:])
	}
	for i := range len(got) + 1 {
		if matches(got[i:], want[1:]) {
			return true
		}
	}
	return false
}

// adasHome makes the home that the examples are about.
func adasHome(t *testing.T) string {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"project/Makefile":  "all:\n\techo made\n",
		"project/src/main":  "",
		".ssh/id_rsa":       "a private key\n",
		".ssh/known_hosts":  "github.example ssh-ed25519 AAAA\n",
		".config/nono/note": "",
	} {
		path = filepath.Join(home, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func TestNetwork(t *testing.T) {
	testenv.RequireLandlock(t, 4)
	follow(t, "docs/network.md", adasHome(t))
}
