// Package script tests what a person at the command line meets: messages, exit
// statuses, what is left behind, and the programs that must work inside. Most of
// it is in testdata, as scripts, which run as root and as an ordinary user.
package script

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// The environment in which the tests run themselves again as an ordinary user:
// where the programs and the scripts are that this user can reach.
const (
	envSuite = "NONO_TEST_SUITE"
	envData  = "NONO_TEST_DATA"
)

func TestScript(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	if dir := os.Getenv(envSuite); dir != "" {
		scripts(t, dir, os.Getenv(envData))
		return
	}
	s := builds(t)
	t.Run("own", func(t *testing.T) { scripts(t, s, "testdata") })
	t.Run("nobody", func(t *testing.T) { asNobody(t, s) })
}

// builds returns a directory with the suite and, in directories beneath, the
// same built to believe in other kernels and of another version.
func builds(t *testing.T) string {
	t.Helper()
	s := suite.Build(t, suite.Newest)
	for _, lower := range []int{0, 3} {
		suite.Build(t, lower).Copy(t, s.Path("abi"+strconv.Itoa(lower)))
	}
	odd := s.Copy(t, s.Path("odd"))
	other := testenv.Build(t, "github.com/nono-sandbox/nono/nono-exec-shim", "-ldflags", "-s -w -X github.com/nono-sandbox/nono/core/version.number=9.9")
	must(t, os.Remove(odd.Path("nono-exec-shim")))
	must(t, os.Link(other, odd.Path("nono-exec-shim")))
	alone := s.Copy(t, s.Path("alone"))
	must(t, os.Remove(alone.Path("nono-exec-shim")))
	return s.Dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// scripts runs every script with the programs in dir.
func scripts(t *testing.T, dir, data string) {
	testscript.Run(t, testscript.Params{
		Dir:                 data,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			path := dir + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
			if goTool, err := exec.LookPath("go"); err == nil {
				path += ":" + filepath.Dir(goTool)
			}
			e.Setenv("PATH", path)
			// Beside the working directory, not beneath it: granting a directory
			// that holds the home is another matter than granting a project.
			e.Setenv("HOME", e.WorkDir+"-home")
			e.Setenv("TMPDIR", e.WorkDir+"-tmp")
			e.Setenv("UID", strconv.Itoa(os.Getuid()))
			e.Setenv("SUITE", dir)
			e.Setenv("LC_ALL", "C.UTF-8")
			for _, name := range []string{"-home", "-tmp", "/d"} {
				if err := os.MkdirAll(e.WorkDir+name, 0o700); err != nil {
					return err
				}
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "long":
				return suite.Long(), nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

// status runs a program, which must end with the given status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program [argument ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("status %d, want %d", got, want)
	}
}

// asNobody runs this test again as an ordinary user, from copies that one can
// reach.
func asNobody(t *testing.T, dir string) {
	testenv.RequireRoot(t, "become another user")
	self, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	program := filepath.Join(dir, "script.test")
	must(t, os.WriteFile(program, self, 0o755))
	must(t, os.Chmod(program, 0o755))
	data := filepath.Join(dir, "testdata")
	must(t, os.MkdirAll(data, 0o755))
	files, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(data, filepath.Base(f)), text, 0o644))
	}
	var user testenv.User
	t.Run("as", func(t *testing.T) {
		testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
			if !u.Root() {
				user = u
			}
		})
	})
	if user.UID == 0 {
		t.Fatal("the ordinary user's turn was filtered out: run it with -run TestScript, or as that user")
	}
	tmp := user.Dir(t)
	cmd := user.Command(program, "-test.run=^TestScript$", "-test.v", "-test.timeout=5m")
	cmd.Dir = tmp
	cmd.Env = append(os.Environ(), envSuite+"="+dir, envData+"="+data, "TMPDIR="+tmp, "HOME="+tmp, "USER=nobody")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	reportAgain(t, string(out))
	if err != nil {
		t.Errorf("as an ordinary user: %v\n%s", err, out)
	}
}

// reportAgain makes a subtest of every script that ran in the other process, so
// that what was skipped there shows here.
func reportAgain(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		result, name, ok := strings.Cut(strings.TrimSpace(line), ": TestScript/")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, " ")
		t.Run(name, func(t *testing.T) {
			switch result {
			case "--- SKIP":
				t.Skip("skipped as an ordinary user: run it alone to see why")
			case "--- FAIL":
				t.Error("it failed as an ordinary user; the output is below")
			}
		})
	}
}
