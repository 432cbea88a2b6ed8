package script

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// start starts nono-run with words as u; what it writes goes to the returned
// pipe.
func start(t *testing.T, u testenv.User, s suite.Suite, words ...string) (*exec.Cmd, *os.File) {
	t.Helper()
	dir := u.Dir(t)
	cmd := u.Command(s.Path("nono-run"), append([]string{"-s", "--allow-command", "all", "-r", dir, "--"}, words...)...)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir}
	r, w, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { r.Close() })
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	must(t, cmd.Start())
	w.Close()
	return cmd, r
}

func line(t *testing.T, r *os.File) string {
	t.Helper()
	must(t, r.SetReadDeadline(time.Now().Add(20*time.Second)))
	var text []byte
	for b := make([]byte, 1); len(text) == 0 || text[len(text)-1] != '\n'; {
		n, err := r.Read(b)
		if n == 0 || err != nil {
			t.Fatalf("read %q: %v", text, err)
		}
		text = append(text, b[0])
	}
	return strings.TrimSpace(string(text))
}

// TestSamePid: from nono-run to the command it is one process.
func TestSamePid(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		cmd, out := start(t, u, s, "sh", "-c", "echo $$ $PPID; exec sleep 60")
		if got, want := line(t, out), strconv.Itoa(cmd.Process.Pid)+" "+strconv.Itoa(os.Getpid()); got != want {
			t.Errorf("pid and parent %s, want %s", got, want)
		}
		must(t, cmd.Process.Signal(unix.SIGTERM))
		cmd.Wait()
		if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); !ws.Signaled() || ws.Signal() != unix.SIGTERM {
			t.Errorf("after SIGTERM: %v", cmd.ProcessState)
		}
	})
}

// TestKilled: a shell sees 128 and the signal's number, as without nono, and
// hangup, interrupt and stop stay ignored where they were.
func TestKilled(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		for _, test := range []struct{ name, script, want string }{
			{"SIGKILL", `"$NONO" -s -r . -- sh -c 'kill -KILL $$'; echo $?`, "137"},
			{"SIGTERM", `"$NONO" -s -r . -- sh -c 'kill -TERM $$'; echo $?`, "143"},
			{"SIGSEGV", `"$NONO" -s -r . -- sh -c 'kill -SEGV $$'; echo $?`, "139"},
			{"SIGPIPE", `("$NONO" -s -r . -- sh -c 'while echo x; do :; done'; echo $? >&2) | head -n 1 >/dev/null`, "141"},
			{"ignored", `trap "" INT HUP TSTP; "$NONO" -s -r . -- sh -c 'kill -TSTP $$; kill -INT $$; kill -HUP $$; echo survived'`, "survived"},
			// The Go runtime takes these before main and nothing tells that they
			// were ignored, so that they come out with their default action.
			{"ignored before Go", `trap "" TERM; "$NONO" -s -r . -- sh -c 'kill -TERM $$; echo survived'; echo $?`, "143"},
			{"a child", `"$NONO" -s -r . -- sh -c 'sh -c "kill -9 \$\$"; echo $?'`, "137"},
			{"nohup", `nohup "$NONO" -s -r . -- sh -c 'kill -HUP $$; echo survived' </dev/null`, "survived"},
		} {
			cmd := u.Command("/bin/sh", "-c", test.script)
			cmd.Dir = dir
			cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/", "TMPDIR=" + dir, "NONO=" + s.Path("nono-run")}
			out, _ := cmd.CombinedOutput()
			if got := strings.TrimSpace(string(out)); !strings.HasSuffix(got, test.want) {
				t.Errorf("%s: %q, want %s at its end", test.name, got, test.want)
			}
		}
	})
}

// TestBlockedSignals: the mask that the caller set is the command's.
func TestBlockedSignals(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	env, err := exec.LookPath("env")
	must(t, err)
	if exec.Command(env, "--block-signal=USR1", "true").Run() != nil {
		t.Skip("env cannot block signals here")
	}
	dir := t.TempDir()
	read := func(words ...string) string {
		cmd := exec.Command(env, append([]string{"--block-signal=USR1", "--ignore-signal=HUP"}, words...)...)
		cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/", "TMPDIR=" + dir}
		out, err := cmd.Output()
		must(t, err)
		return string(out)
	}
	grep := []string{"grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"}
	want := read(grep...)
	if got := read(append([]string{s.Path("nono-run"), "-s", "--allow-command", "all", "--net-block", "--"}, grep...)...); got != want {
		t.Errorf("inside:\n%soutside:\n%s", got, want)
	}
}

// TestNothingLeft: with the command every process is gone.
func TestNothingLeft(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		cmd, out := start(t, u, s, "sh", "-c", "ls /proc/$$/task | wc -l; ps -o pid= --ppid $$ 2>/dev/null | wc -l")
		if got := line(t, out); got != "1" {
			t.Errorf("%s threads, want the command's own one", got)
		}
		must(t, cmd.Wait())
	})
}
