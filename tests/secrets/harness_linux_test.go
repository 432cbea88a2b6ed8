package secrets

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

func TestMain(m *testing.M) {
	if os.Getenv(direct) != "" {
		os.Exit(figuresClient())
	}
	os.Exit(testenv.Main(m))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A world is a user with a home, a project that is granted, and programs of managers in
// a directory that only root changes, or nobody.
type world struct {
	t                  *testing.T
	user               testenv.User
	suite              suite.Suite
	home, project, bin string
	tmp                string
	env                []string
	before             []string // temps that were there before the last run
}

// newWorld makes one. Its programs go before the system's.
func newWorld(t *testing.T, u testenv.User, s suite.Suite) *world {
	t.Helper()
	top := u.Dir(t)
	w := &world{t: t, user: u, suite: s, home: filepath.Join(top, "home"), project: filepath.Join(top, "project"), tmp: filepath.Join(top, "tmp")}
	w.bin = filepath.Join(w.home, ".local/bin") // which every sandbox keeps as it is
	for _, dir := range []string{w.home, filepath.Join(w.home, ".local"), w.bin, w.project, w.tmp} {
		must(t, os.MkdirAll(dir, 0o755))
		u.Own(t, dir)
	}
	w.env = []string{"HOME=" + w.home, "PATH=" + s.Dir + ":" + w.bin + ":/usr/bin:/bin", "TMPDIR=" + w.tmp, "LC_ALL=C.UTF-8"}
	return w
}

// script puts a shell script where it is.
func (w *world) script(path, text string) string {
	w.t.Helper()
	must(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(w.t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755))
	w.user.Own(w.t, filepath.Dir(path), path)
	return path
}

// command is a program as the user starts it, in the project.
func (w *world) command(argv ...string) *exec.Cmd {
	if !strings.Contains(argv[0], "/") {
		for _, dir := range []string{w.suite.Dir, "/usr/bin", "/bin"} {
			if _, err := os.Stat(filepath.Join(dir, argv[0])); err == nil {
				argv[0] = filepath.Join(dir, argv[0])
				break
			}
		}
	}
	cmd := w.user.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = w.project, w.env
	return cmd
}

// run starts a program and returns what it says and its status.
func (w *world) run(argv ...string) (out, errs string, status int) {
	w.t.Helper()
	cmd := w.command(argv...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// nono starts a command with the project granted.
func (w *world) nono(args ...string) (out, errs string, status int) {
	w.t.Helper()
	w.before = w.temps()
	return w.run(append([]string{"nono-run", "--silent", "--allow", w.project}, args...)...)
}

// temps are what runs have left in the place of temps. A command's own, the next start
// removes.
func (w *world) temps() []string {
	left, _ := filepath.Glob(filepath.Join(w.tmp, "nono-*", "*"))
	return left
}

// nothingLeft fails where the command of the last run has started, or that run has left
// something.
func (w *world) nothingLeft(t *testing.T) {
	t.Helper()
	if _, err := os.Lstat(filepath.Join(w.project, "started")); err == nil {
		t.Error("the command was started")
	}
	for _, path := range w.temps() {
		if !slices.Contains(w.before, path) {
			t.Errorf("left behind: %s", path)
		}
	}
}
