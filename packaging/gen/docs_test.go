package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec/document"
)

// People look for what they read on the terminal: every message that the page
// quotes must still be one.
func TestTroubleshootingQuotesRealMessages(t *testing.T) {
	page := strings.Join(strings.Fields(readFile(t, "docs/troubleshooting.md")+readFile(t, "docs/containers.md")), " ")
	var source strings.Builder
	for _, dir := range []string{"core", "nono-run", "nono-exec-shim"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ os.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				source.WriteString(readPath(t, path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, message := range []string{
		"this kernel has no Landlock",
		"Landlock is built into this kernel but switched off",
		"the container's seccomp profile refuses the Landlock system calls",
		"nor in ../libexec/nono",
		"this nono-exec-shim is version",
		"run with nothing granted",
		"it belongs to another user",
		"; this kernel would allow every other socket too",
	} {
		if !strings.Contains(page, message) {
			t.Errorf("the pages do not quote %q", message)
		}
		if !strings.Contains(source.String(), message) {
			t.Errorf("no program says %q any more", message)
		}
	}
}

// The flags that the pages advise must exist.
func TestDocsNameRealFlags(t *testing.T) {
	known := map[string]bool{}
	for _, f := range append(runFlags(), whyFlags()...) {
		known["--"+f.Name] = true
	}
	// Other programs'.
	for _, f := range []string{"--copy-to", "--user", "--rm", "--cap-drop", "--read-only", "--security-opt", "--tmpfs", "--from",
		"--disable-sandbox", "--sandbox", "--no-sandbox", "--spawn", "--option"} {
		known[f] = true
	}
	for _, page := range []string{"docs/troubleshooting.md", "docs/containers.md"} {
		// Not what belongs to the command behind --, or to git.
		text := regexp.MustCompile("( -- |\\bgit )[^`)\n]*").ReplaceAllString(readFile(t, page), "")
		for _, f := range regexp.MustCompile("--[a-z][a-z-]+").FindAllString(text, -1) {
			if !known[f] {
				t.Errorf("%s advises %s, which does not exist", page, f)
			}
		}
	}
}

// The example for containers must be a spec.
func TestExampleSpecParses(t *testing.T) {
	if _, err := document.Parse([]byte(readFile(t, "packaging/container/agent.spec"))); err != nil {
		t.Error(err)
	}
}
