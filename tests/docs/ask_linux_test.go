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

// TestAsk does what stands there.
func TestAsk(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	home := adasHome(t)
	must(t, os.Mkdir(filepath.Join(home, "library"), 0o755))
	for name, text := range map[string]string{"library/words": "shared words\n", "diary": "secret\n", "answer": program(t, "docs/ask.md")} {
		must(t, os.WriteFile(filepath.Join(home, name), []byte(text), 0o755))
	}
	follow(t, "docs/ask.md", home)
}

// program is the one that the page shows.
func program(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(suite.Root(t), page))
	must(t, err)
	_, rest, _ := strings.Cut(string(text), "$ cat ../answer\n")
	shown, _, ok := strings.Cut(rest, "$ ")
	if !ok {
		t.Fatal("the page has its program in another way")
	}
	return shown
}

// TestAskScreens makes the page's screens again.
func TestAskScreens(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is missing")
	}
	if err := exec.Command("unshare", "-m", "true").Run(); err != nil && exec.Command("unshare", "-rm", "true").Run() != nil {
		t.Skip("no full disk can be made here: ", err)
	}
	root := suite.Root(t)
	cmd := exec.Command(filepath.Join(root, "packaging/ask-screens"))
	cmd.Env = append(os.Environ(), "NONO_BIN="+suite.Build(t, suite.Newest).Dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs/ask.md"))
	must(t, err)
	want := ""
	for _, part := range strings.Split(string(text), "<!-- screen: ")[1:] {
		_, rest, _ := strings.Cut(part, "```text\n")
		shown, _, _ := strings.Cut(rest, "```")
		want += shown
	}
	if string(out) != want {
		t.Errorf("the screens are\n%s\nand not those of docs/ask.md (packaging/ask-screens --write puts them there):\n%s", out, want)
	}
}
