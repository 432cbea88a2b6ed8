package supervise

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Every exit status and every signal that ends the command ends the supervisor.
func TestStatuses(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u, "exec")
		for _, status := range []int{0, 1, 2, 77, 125, 126, 127, 128, 130, 200, 255} {
			if _, ws := r.output("sh", "-c", "exit "+itoa(status)); !ws.Exited() || ws.ExitStatus() != status {
				t.Errorf("exit %d: %v", status, ws)
			}
		}
		for _, s := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGABRT, unix.SIGKILL, unix.SIGSEGV,
			unix.SIGPIPE, unix.SIGALRM, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGVTALRM, unix.SIGXCPU, unix.SIGIO, unix.SIGSYS, 34, 64} {
			_, ws := r.output("sh", "-c", "ulimit -c 0; kill -"+itoa(int(s))+" $$")
			if !ws.Signaled() || ws.Signal() != s {
				t.Errorf("signal %d: %#x", s, ws)
			}
		}
		if out, ws := r.output("/bin/sh", "-c", "exec /nonexistent"); ws.ExitStatus() != 127 {
			t.Errorf("%v: %s", ws, out)
		}
	})
}

// startLines starts the command and returns the lines that it writes.
func startLines(t *testing.T, cmd *exec.Cmd) *bufio.Scanner {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	must(t, cmd.Start())
	w.Close()
	t.Cleanup(func() { cmd.Process.Kill(); r.Close() })
	return bufio.NewScanner(r)
}

func next(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	if !lines.Scan() {
		t.Fatal("it said no more")
	}
	return lines.Text()
}

// A signal to the supervisor reaches the command, once.
func TestSignalsAreForwarded(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, name := range []string{"HUP", "INT", "QUIT", "USR1", "USR2", "TERM", "ALRM", "WINCH", "CONT", "RTMIN"} {
			r := newRun(t, u, "exec")
			cmd := r.command("bash", "-c", `n=0; trap 'n=$((n+1)); echo "got $n"' `+name+`; trap 'echo end $n; exit 3' XCPU; echo ready; while :; do sleep 0.02; done`)
			lines := startLines(t, cmd)
			if got := next(t, lines); got != "ready" {
				t.Fatalf("%q", got)
			}
			number := unix.SignalNum("SIG" + name)
			if name == "RTMIN" {
				number = 34
			}
			must(t, cmd.Process.Signal(number))
			if got := next(t, lines); got != "got 1" {
				t.Errorf("%s: %q", name, got)
			}
			must(t, cmd.Process.Signal(unix.SIGXCPU))
			if got := next(t, lines); got != "end 1" {
				t.Errorf("%s: %q", name, got)
			}
			cmd.Wait()
			if s := cmd.ProcessState.ExitCode(); s != 3 {
				t.Errorf("%s: status %d", name, s)
			}
		}
	})
}

// When the supervisor is killed the command is killed too, and calls that are trapped
// fail for whoever is left.
func TestSupervisorKilled(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u, "exec", "names")
		cmd := r.command("sh", "-c", `
(trap '' HUP; echo left; read x <fifo; mkdir made 2>/dev/null && echo made >after || echo refused >after) &
echo $$; exec sleep 60`)
		must(t, unix.Mkfifo(r.dir+"/fifo", 0o666))
		u.Own(t, r.dir+"/fifo")
		lines := startLines(t, cmd)
		var pid int
		for range 2 {
			if text := next(t, lines); text != "left" {
				pid, _ = strconv.Atoi(text)
			}
		}
		must(t, cmd.Process.Kill())
		cmd.Wait()
		eventually(t, "the command is gone", func() bool { return !alive(pid) })
		fifo, err := os.OpenFile(r.dir+"/fifo", os.O_WRONLY, 0)
		must(t, err)
		fifo.WriteString("go\n")
		fifo.Close()
		eventually(t, "the one left over has tried", func() bool {
			text, _ := os.ReadFile(r.dir + "/after")
			return strings.HasSuffix(string(text), "\n")
		})
		if text, _ := os.ReadFile(r.dir + "/after"); string(text) != "refused\n" {
			t.Errorf("without a supervisor: %q", text)
		}
		if _, err := os.Stat(r.dir + "/made"); err == nil {
			t.Error("a trapped call was made without a supervisor")
		}
	})
}

// Who outlives the command is ended with it, and no zombie is left.
func TestOutliving(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u, "exec")
		out, ws := r.output("sh", "-c", `for i in 1 2 3; do setsid sh -c 'echo $$; exec sleep 600' & done; sh -c '(sleep 600 & echo $!)'; sleep 0.3; exit 4`)
		if ws.ExitStatus() != 4 {
			t.Errorf("%v", ws)
		}
		pids := strings.Fields(out)
		if len(pids) != 4 {
			t.Fatalf("%q", out)
		}
		for _, text := range pids {
			pid, _ := strconv.Atoi(text)
			if alive(pid) {
				t.Errorf("%d is alive", pid)
			}
		}
	})
}

// Ten thousand short children, and orphans among them, are all taken in.
func TestManyChildren(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	r := newRun(t, testenv.User{Name: "own"}, "exec")
	r.says("done\n", 0, `i=0; while [ $i -lt 1500 ]; do (: & ); i=$((i+1)); done; echo done`)
}

// A second listener cannot be: the kernel allows one.
func TestNested(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	r := newRun(t, testenv.User{Name: "own"}, "exec")
	inner := r.command("sh", "-c", "echo inside")
	// The same words, started from inside: the shim finds a listener further out.
	r.flags = []string{"--read", r.s.Dir}
	outer := r.command(append([]string{"sh", "-c", `exec "$@" 3<spec`, "sh"}, inner.Args...)...)
	doc, err := os.ReadFile("/proc/self/fd/" + itoa(int(inner.ExtraFiles[0].Fd())))
	must(t, err)
	must(t, os.WriteFile(r.dir+"/spec", doc, 0o644))
	var out bytes.Buffer
	outer.Stdout, outer.Stderr = &out, &out
	ws := finish(t, outer, &out)
	if ws.ExitStatus() != 125 || !strings.Contains(out.String(), "cannot supervise: an outer process has a seccomp listener already") {
		t.Errorf("status %d:\n%s", ws.ExitStatus(), out.String())
	}
}

// What is stopped when the command ends goes on with SIGHUP, as without a supervisor, and
// nobody waits for it for ever.
func TestStoppedOutlives(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		r := newRun(t, u)
		for _, c := range []struct{ stopped, want string }{
			{`echo >ready; exec sleep 100`, ""},
			{`trap "echo hup >hup; exit" HUP; echo >ready; while :; do sleep 0.05; done`, "hup\n"},
			{`sleep 100 & kill -STOP $!; echo >ready; exec sleep 100`, ""},
		} {
			os.Remove(r.dir + "/hup")
			os.Remove(r.dir + "/ready")
			cmd := r.nonoRun([]string{"--wait-all"}, "sh", "-c", `sh -c "$1" & p=$!
until [ -e ready ]; do sleep 0.01; done
kill -STOP $p
until grep -q '^State:.T' /proc/$p/status; do sleep 0.01; done
exit 7`, "sh", c.stopped)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if ws := finish(t, cmd, &out); ws.ExitStatus() != 7 {
				t.Errorf("%s: %v %s", c.stopped, ws, &out)
			}
			if got, _ := os.ReadFile(r.dir + "/hup"); string(got) != c.want {
				t.Errorf("%s: %q, want %q", c.stopped, got, c.want)
			}
		}
	})
}
