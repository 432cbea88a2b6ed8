// Package supervise holds the supervisor to what it promises: that it is as if it were
// not there, and that nothing is wider for it.
package supervise

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/version"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if os.Getenv(clientVar) != "" {
		clientMain(os.Args[1:])
		return
	}
	os.Exit(testenv.Main(m))
}

// A run is a command under supervision by one user.
type run struct {
	t     *testing.T
	s     suite.Suite
	u     testenv.User
	dir   string   // granted, and the working directory
	home  string   // the home directory, where temporary files are too
	flags []string // of nono-run besides
	traps []string // lines `supervise` that no flag asks for
}

func newRun(t *testing.T, u testenv.User, traps ...string) *run {
	t.Helper()
	return &run{t: t, s: suite.Build(t, suite.Newest), u: u, dir: u.Dir(t), home: u.Dir(t), traps: traps}
}

// command returns the command with its supervisor, ready to be started. What flags
// cannot ask for yet is put into the spec, as nono-run would.
func (r *run) command(words ...string) *exec.Cmd {
	r.t.Helper()
	flags := append([]string{"--print-spec=all", "--silent", "--allow-command", "all", "--allow", r.dir}, r.flags...)
	printer := r.u.Command(r.s.Path("nono-run"), append(append(flags, "--"), words...)...)
	printer.Dir, printer.Env = r.dir, r.env()
	doc, err := printer.Output()
	if err != nil {
		r.t.Fatalf("nono-run --print-spec: %v", err)
	}
	text := strings.Replace(string(doc), "nono-spec 1\n", "nono-spec 2\n", 1)
	for _, trap := range r.traps {
		text = strings.Replace(text, "\nipc ", "\nsupervise "+trap+"\nipc ", 1)
	}
	path := filepath.Join(r.u.Dir(r.t), "spec")
	must(r.t, os.WriteFile(path, []byte(text), 0o644))
	spec, err := os.Open(path)
	must(r.t, err)
	r.t.Cleanup(func() { spec.Close() })
	program, err := exec.LookPath(words[0])
	must(r.t, err)
	program, err = filepath.EvalSymlinks(program)
	must(r.t, err)
	args := append([]string{"--shim=" + r.s.Path("nono-exec-shim"), "--fd=3", "--from=" + version.String(), "--exec=" + program, "--"}, words...)
	cmd := r.u.Command(r.s.Path("nono-supervise"), args...)
	cmd.ExtraFiles = []*os.File{spec}
	cmd.Dir, cmd.Env = r.dir, r.env()
	return cmd
}

func (r *run) env() []string {
	return []string{"PATH=/usr/bin:/bin", "HOME=" + r.home, "TMPDIR=" + r.home, "GOTRACEBACK=1"}
}

// output runs the command to its end and returns what it wrote and how it ended.
func (r *run) output(words ...string) (string, syscall.WaitStatus) {
	r.t.Helper()
	cmd := r.command(words...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	ws := finish(r.t, cmd, &out)
	return out.String(), ws
}

func finish(t *testing.T, cmd *exec.Cmd, out *bytes.Buffer) syscall.WaitStatus {
	t.Helper()
	must(t, cmd.Start())
	limit := 3 * time.Minute // for a machine that is busy
	if suite.Long() {
		limit = time.Hour
	}
	timer := time.AfterFunc(limit, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !timer.Stop() {
		t.Fatalf("it did not end; it said:\n%s", out.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.Sys().(syscall.WaitStatus)
}

// says runs a shell script and compares what it says and its status.
func (r *run) says(want string, status int, script string) {
	r.t.Helper()
	out, ws := r.output("sh", "-c", script)
	if out != want || ws.ExitStatus() != status {
		r.t.Errorf("%s\nstatus %d, want %d; it said:\n%s\nwant:\n%s", script, ws.ExitStatus(), status, out, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 400 {
		if holds() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("it never came to be: %s", what)
}

// alive reports whether a process is there that has not ended.
func alive(pid int) bool {
	if unix.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func asExit(err error, exit **exec.ExitError) bool { return errors.As(err, exit) }
