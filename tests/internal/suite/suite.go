// Package suite gives the end-to-end tests the programs they test, built from
// this tree: nono and nono-run, nono-why, nono-exec-shim, nono-supervise, nono-ask, nono-hook, nono-ephemeral and nono-overlay beside it, as an
// installation has them.
package suite

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

const module = "github.com/nono-sandbox/nono/"

// Probe is the program that the tests run in a sandbox, and outside, to learn what
// the kernel answers; for testenv.Build.
const Probe = module + "tests/internal/probe"

// Newest stands for the ABI that the running kernel has.
const Newest = -1

// A Suite is one installation that every user can execute.
type Suite struct {
	Dir string
	// Lower is the Landlock ABI that the programs act as if the kernel had, or
	// Newest.
	Lower int
}

// making is held while a suite is made: parallel tests want the same one.
var making sync.Mutex

// all are the programs of an installation.
var all = []string{"nono-run", "nono-why", "nono-exec-shim", "nono-supervise", "nono-ask", "nono-audit", "nono-ephemeral", "nono-hook", "nono-learn",
	"nono-overlay", "nono-policy", "nono"}

// Build builds the programs once per process, or only those that are named. The test
// package's TestMain must use testenv.Main.
func Build(t testing.TB, lower int, only ...string) Suite {
	t.Helper()
	making.Lock()
	defer making.Unlock()
	flags := "-s -w"
	if lower != Newest {
		flags += " -X " + module + "core/kernel.lower=" + strconv.Itoa(lower)
	}
	s := Suite{Lower: lower}
	if runtime.GOOS == "linux" {
		flags += " -E _nono_entry" // as make build has it
	}
	names, dir := all, "suite-"+strconv.Itoa(lower)
	if len(only) > 0 {
		names, dir = only, dir+"-"+strings.Join(only, "-")
	}
	s.Dir = filepath.Join(testenv.ProcessDir(t), dir)
	// A second test of the process finds it made.
	if _, err := os.Stat(s.Path(names[len(names)-1])); err == nil {
		return s
	}
	makeDir(t, s.Dir)
	for _, name := range names {
		bin := testenv.Build(t, module+name, "-ldflags", flags)
		if os.Link(bin, s.Path(name)) == nil {
			continue
		}
		data, err := os.ReadFile(bin) // from another file system
		if err != nil {
			t.Fatal(err)
		}
		install(t, s.Path(name), data)
	}
	return s
}

// Path returns where a program of the suite is.
func (s Suite) Path(name string) string { return filepath.Join(s.Dir, name) }

// Root returns the tree's top directory.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("no go.work above the test's directory: %v", err)
	return ""
}

// Copy puts a copy of the suite into dir, for tests that damage it.
func (s Suite) Copy(t testing.TB, dir string) Suite {
	t.Helper()
	names, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	makeDir(t, dir)
	for _, n := range names {
		if n.IsDir() {
			continue // made by a test
		}
		data, err := os.ReadFile(s.Path(n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		install(t, filepath.Join(dir, n.Name()), data)
	}
	return Suite{Dir: dir, Lower: s.Lower}
}

// Long reports whether the tests that take minutes are wanted (NONO_LONG=1).
func Long() bool { return os.Getenv("NONO_LONG") == "1" }

func makeDir(t testing.TB, dir string) {
	t.Helper()
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.Chmod(dir, 0o755) // whatever the umask is
	}
	if err != nil {
		t.Fatal(err)
	}
}

func install(t testing.TB, path string, data []byte) {
	t.Helper()
	err := os.WriteFile(path, data, 0o755)
	if err == nil {
		err = os.Chmod(path, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
