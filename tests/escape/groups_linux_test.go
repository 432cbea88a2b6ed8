package escape

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// groupScripts run an attack, "$@", in the process groups that a shell without job
// control makes, as in CI, cron, make and services. Each says "survived" if what is
// outside does.
var groupScripts = []struct{ name, script, outcome string }{
	{"the calling script, which the command is in one group with",
		`"$@" orphan group=stay; echo survived`, "ok"},
	{"the calling script, whose group the command joins",
		`"$@" orphan group=$$; echo survived`, "EPERM"},
	{"the calling script, with the command in a pipeline",
		`"$@" orphan group=stay | cat; echo survived`, "ok"},
	{"the calling script's parent",
		`sh -c '"$@" orphan group=stay; exit $?' sh "$@"; echo survived`, "ok"},
	{"a subshell in the background",
		`( "$@" orphan group=stay; echo survived ) & wait`, "ok"},
	{"what an earlier script has left running",
		`set -m; sleep 30 >/dev/null & set +m; left=$!; "$@" orphan group=$left; kill -0 $left && echo survived; kill -KILL $left`, "EPERM"},
}

// TestGroups: the kernel's signals to a whole process group do not reach what is
// outside, although the kernel asks nobody about these signals.
func TestGroups(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	// Under nohup SIGHUP is ignored by every child. A signal with a handler is not.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		for _, c := range groupScripts {
			t.Run(c.name, func(t *testing.T) {
				if out, err := w.script(c.script, w.probe, "door"); strings.Contains(out, "survived") && !strings.Contains(c.name, "earlier") {
					t.Errorf("without nono: %s %v", out, err)
				}
				out, err := w.script(c.script, s.Path("nono-run"), "-s", "--allow-command", "all", "-r", w.path("ro"), "--", w.probe, "door")
				if err != nil || !strings.Contains(out, "survived") || !strings.Contains(out, c.outcome+"\nfinished\n") {
					t.Errorf("%s %v", out, err)
				}
			})
		}
	})
}

// script runs a shell script in a session of its own, without a terminal.
func (w *world) script(script string, args ...string) (string, error) {
	cmd := w.user.Command("/bin/sh", append([]string{"-c", script, "sh"}, args...)...)
	cmd.SysProcAttr.Setsid = true
	cmd.Env, cmd.Dir = w.env, w.path("in")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestGroupsOnATerminal: nor do they reach the shell that one types at, or its
// other jobs, where the command is a job of an interactive shell.
func TestGroupsOnATerminal(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is missing: no shell with job control")
	}
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u)
		run := s.Path("nono-run") + " -s --allow-command all -r " + w.path("ro") + " -- "
		for _, c := range []struct{ name, typed string }{
			{"the shell", "@ orphan group=$$\n"},
			{"a job in the background", "sleep 30 &\n@ orphan group=$!\nkill -0 $! || exit\nkill $!\n"},
			{"the shell, by reading", "@ read-behind group=$$\n"},
		} {
			for prefix, attack := range map[string]string{"control": w.probe + " door", "nono-run": run + w.probe + " door"} {
				t.Run(c.name+"/"+prefix, func(t *testing.T) {
					out := w.typeAt(t, bash, strings.ReplaceAll(c.typed, "@", attack))
					survived, refused := strings.Contains(out, "survived"), strings.Contains(out, "EPERM")
					if prefix == "nono-run" && (!survived || !refused) {
						t.Errorf("inside: %s", out)
					}
					if prefix == "control" && refused {
						t.Errorf("without nono: %s", out)
					}
					if prefix == "control" && c.name == "the shell" && survived {
						t.Errorf("without nono the shell survives: %s", out)
					}
				})
			}
		}
	})
}

// typeAt types at an interactive bash and returns what it shows until it ends.
func (w *world) typeAt(t *testing.T, bash, text string) string {
	l := &launch{w: w}
	defer func() {
		for _, f := range l.after {
			f()
		}
	}()
	master := newTerminal(t, l)
	cmd := w.user.Command(bash, "--norc", "--noprofile", "-i")
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	cmd.Stdin, cmd.Stdout, cmd.Stderr = l.stdin, l.stdin, l.stdin
	cmd.Env, cmd.Dir = append(w.env, "PS1=", "TERM=dumb"), w.path("in")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.stdin.Close()
	// The word is put together so that its echo is not taken for it.
	master.WriteString(text + "echo sur\"\"vived; exit\n")
	var out bytes.Buffer
	out.ReadFrom(master) // ends in an error when nobody has the terminal open
	cmd.Wait()
	return out.String()
}
