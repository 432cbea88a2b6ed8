package main_test

import (
	"debug/elf"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/testenv/golden"
)

// never are packages that cost too much at every start of a command, or could do
// what a sandbox's first step has no business with.
var never = []string{"fmt", "flag", "encoding/json", "regexp", "net", "os/user", "os/exec", "os/signal", "text/template", "crypto/tls",
	"runtime/cgo", "log", "context", "go/build", "github.com/landlock-lsm/go-landlock/landlock"}

// What the shim links is a list that people look at when it changes.
func TestPackages(t *testing.T) {
	linked := testenv.Linked(t)
	got := "# Packages that the shim may link, without Go's internal ones.\n" + strings.Join(linked, "\n") + "\n"
	golden.Check(t, "testdata/packages", got)
	for _, p := range never {
		if slices.Contains(linked, p) {
			t.Errorf("the shim links %s", p)
		}
	}
}

// The shim as it is released is one static file of at most 2.5 MB.
func TestBinary(t *testing.T) {
	path := testenv.Build(t, module+"nono-exec-shim", "-ldflags=-s -w")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", info.Size())
	if info.Size() > 2_500_000 {
		t.Errorf("%d bytes are too many", info.Size())
	}
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it has a %v: it is not static", p.Type)
		}
	}
	if libs, err := f.ImportedLibraries(); err == nil && len(libs) > 0 {
		t.Errorf("it needs %q", libs)
	}
	if len(f.Progs) == 0 {
		t.Error("no program headers were read")
	}
}
