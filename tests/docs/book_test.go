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

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	code    = regexp.MustCompile("(?s:```.*?```)|(?m:^    .*$)|`[^`\n]*`")
)

// TestLinks follows every link of the documents to a file, and to a heading in it.
func TestLinks(t *testing.T) {
	root := suite.Root(t)
	found := 0
	for _, page := range pages(t, root) {
		text, err := os.ReadFile(page)
		must(t, err)
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			found++
			name, anchor, _ := strings.Cut(m[1], "#")
			to := page
			if name != "" {
				to = filepath.Join(filepath.Dir(page), name)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, m[1])
			} else if anchor != "" && !headings(t, to)[anchor] {
				t.Errorf("%s: the link %s leads to no heading", page, m[1])
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d links found", found)
	}
}

func pages(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "core/README.md"} {
		some, err := filepath.Glob(filepath.Join(root, pattern))
		must(t, err)
		all = append(all, some...)
	}
	return all
}

// headings are those of a page, as a link names them.
func headings(t *testing.T, page string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(page)
	must(t, err)
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
		name := strings.ToLower(m[1])
		name = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(name, "")
		all[strings.ReplaceAll(name, " ", "-")] = true
	}
	return all
}

// TestBook: the index leads to every page of the book and of the manual.
func TestBook(t *testing.T) {
	root := suite.Root(t)
	index, err := os.ReadFile(filepath.Join(root, "docs/README.md"))
	must(t, err)
	for pattern, prefix := range map[string]string{"docs/*.md": "", "packaging/man/*.[1-9]": "../packaging/man/"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		must(t, err)
		for _, f := range files {
			if name := filepath.Base(f); name != "README.md" && !strings.Contains(string(index), "]("+prefix+name+")") {
				t.Errorf("docs/README.md does not lead to %s", f)
			}
		}
	}
}

// TestDrawings: each drawing is made from the text beside it, as far as words tell.
func TestDrawings(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(suite.Root(t), "docs/drawings/*.dot"))
	must(t, err)
	if len(files) < 4 {
		t.Errorf("only %d drawings found", len(files))
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		svg, err := os.ReadFile(strings.TrimSuffix(f, ".dot") + ".svg")
		must(t, err)
		shown := strings.NewReplacer("&#45;", "-", "&gt;", ">", "&amp;", "&").Replace(string(svg))
		for _, m := range regexp.MustCompile(`label="([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			for _, line := range strings.Split(m[1], `\n`) {
				if !strings.Contains(shown, line) {
					t.Errorf("%s: %q is not in the drawing: make drawings", f, line)
				}
			}
		}
	}
}

// TestFirstRun goes through the first run as Ada does.
func TestFirstRun(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	follow(t, "docs/first-run.md", adasHome(t))
}

// TestLibrary: the code of docs/library.md is the example that the tests of core run.
func TestLibrary(t *testing.T) {
	root := suite.Root(t)
	page, err := os.ReadFile(filepath.Join(root, "docs/library.md"))
	must(t, err)
	_, rest, _ := strings.Cut(string(page), "```go\n")
	shown, _, ok := strings.Cut(rest, "```")
	example, err := os.ReadFile(filepath.Join(root, "core/example_linux_test.go"))
	must(t, err)
	if !ok || !strings.Contains(strings.ReplaceAll(string(example), "\n\t", "\n"), strings.TrimSpace(shown)) {
		t.Error("docs/library.md shows other code than core/example_linux_test.go has")
	}
}

// TestBookRenders makes the book as HTML, and follows its links there too.
func TestBookRenders(t *testing.T) {
	for _, tool := range []string{"cmark-gfm", "mandoc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed, so the book was not rendered")
		}
	}
	out := t.TempDir()
	if text, err := exec.Command("sh", filepath.Join(suite.Root(t), "packaging/book"), out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	found := 0
	must(t, filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" || strings.Contains(path, "/man/") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?:href|src)="([^"#]+)(?:#[^"]*)?"`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") || strings.HasSuffix(m[1], "/") {
				continue
			}
			target := filepath.Join(filepath.Dir(path), m[1])
			if !strings.HasSuffix(target, ".html") && !strings.HasSuffix(target, ".svg") {
				continue // a file of the source tree
			}
			found++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: the link %s leads nowhere", path, m[1])
			}
		}
		return err
	}))
	if found < 60 {
		t.Errorf("only %d links found", found)
	}
}
