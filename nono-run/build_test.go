package main

import (
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// never are packages that would cost at every start of a command, by their size
// or by what they do before main. encoding/json comes with ff, whose parser of
// JSON cannot be left out; nothing here uses it.
var never = []string{"net", "net/*", "crypto", "crypto/*", "regexp", "*/template", "os/*", "log", "log/*", "context", "runtime/cgo",
	"github.com/landlock-lsm/go-landlock/landlock",
	"github.com/nono-sandbox/nono/core/supervise", "github.com/nono-sandbox/nono/core/supervise/*"}

func TestPackages(t *testing.T) {
	linked := testenv.Linked(t)
	if !slices.Contains(linked, "github.com/nono-sandbox/nono/core/policy") {
		t.Fatalf("nono-run links %q alone", linked)
	}
	for _, p := range linked {
		for _, pattern := range never {
			if no, err := path.Match(pattern, p); no || err != nil {
				t.Errorf("nono-run links %s: %v", p, err)
			}
		}
	}
}

// Nothing of nono's own is computed before main: Go tells of every package that
// does, with what it took.
func TestNoInit(t *testing.T) {
	cmd := exec.Command(testenv.Build(t, "github.com/nono-sandbox/nono/nono-run"), "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(trace.String(), "init os @") {
		t.Fatalf("no trace: %q", trace.String())
	}
	for line := range strings.Lines(trace.String()) {
		if strings.HasPrefix(line, "init main ") || strings.Contains(line, "nono-sandbox") {
			t.Error(line)
		}
	}
}
