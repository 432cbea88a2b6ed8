package escape

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A launch is one attack about to be made.
type launch struct {
	w     *world
	door  door
	args  map[string]string
	flags []string // of nono-run
	cmd   *exec.Cmd
	stdin *os.File
	extra []*os.File // descriptors from 3 on
	after []func()
}

// runs numbers the launches: each may use up files of its own.
var runs atomic.Int64

// attack makes the door's attack, inside a sandbox if s is not nil, and returns
// its outcome as the probe says it. flags are more flags of nono-run. A launch that
// nono refuses is "refused".
func (w *world) attack(t *testing.T, d door, s *suite.Suite, flags ...string) string {
	t.Helper()
	l := w.prepare(t, d, flags)
	defer l.end()
	l.command(s, l.words()...)
	answers, refused := l.run(t, 20*time.Second)
	if refused {
		return "refused"
	}
	if len(answers) != 1 {
		t.Fatalf("the attacker answered %q", answers)
	}
	return answers[0]
}

// prepare makes what the door's attack needs.
func (w *world) prepare(t *testing.T, d door, flags []string) *launch {
	t.Helper()
	l := &launch{w: w, door: d, args: map[string]string{"run": strconv.FormatInt(runs.Add(1), 10)}, flags: flags[:len(flags):len(flags)]}
	w.spares(t, l.args["run"])
	if d.with != nil {
		d.with(t, l)
	}
	l.flags = append(l.flags, d.flags...)
	return l
}

func (l *launch) end() {
	for _, f := range l.after {
		f()
	}
}

// words are the attack, as the probe takes it.
func (l *launch) words() []string {
	words := []string{"door", l.door.attack()}
	for _, args := range []map[string]string{l.w.args, l.args} {
		for k, v := range args {
			words = append(words, k+"="+v)
		}
	}
	return words
}

// run runs the command and returns the probe's answers, and whether nono refused to
// start it.
func (l *launch) run(t *testing.T, limit time.Duration) (answers []string, refused bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var out, errs bytes.Buffer
	l.cmd.Stdout, l.cmd.Stderr = &out, &errs
	l.cmd.ExtraFiles = l.extra
	if l.stdin != nil {
		l.cmd.Stdin = l.stdin
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { l.cmd.Process.Kill() })
	l.cmd.Wait()
	stop()
	if text, ok := strings.CutSuffix(out.String(), "\nfinished\n"); ok {
		return strings.Split(text, "\n"), false
	}
	if l.cmd.ProcessState.ExitCode() == 125 && strings.HasPrefix(errs.String(), "nono: error: ") && out.Len() == 0 {
		return nil, true
	}
	t.Fatalf("the attacker did not report: %v\nstdout: %s\nstderr: %s", l.cmd.ProcessState, &out, &errs)
	return nil, false
}

// command has the launch run the probe with these words, by the suite's nono-run or,
// where there is none, without nono.
func (l *launch) command(s *suite.Suite, words ...string) {
	words = append([]string{l.w.probe}, words...)
	env := l.w.env
	if s != nil {
		flags := append([]string{s.Path("nono-run"), "--silent", "--allow", l.w.path("in"), "--read", l.w.path("ro")}, l.flags...)
		if s.Lower != suite.Newest {
			// Blocked commands are no matter of these doors, and carving
			// /usr/bin for them takes the most time.
			flags = append(flags, "--allow-command", "all")
		}
		words = append(append(flags, "--"), words...)
	} else {
		// What nono would set, for another sandbox.
		env = append(env[:len(env):len(env)], "TMPDIR="+l.w.args["othertemp"], "NONO_SPEC="+l.w.args["othertemp"]+".spec")
	}
	l.attach(words, env)
}

func (l *launch) attach(words, env []string) {
	cmd := l.w.user.Command(words[0], words[1:]...)
	if l.cmd != nil {
		credential := cmd.SysProcAttr.Credential
		cmd.SysProcAttr = l.cmd.SysProcAttr
		cmd.SysProcAttr.Credential = credential
	}
	cmd.Env = env
	l.cmd = cmd
}

// spares makes the files that one launch may use up.
func (w *world) spares(t *testing.T, run string) {
	t.Helper()
	w.mkdir(t, w.path("out/spare-dir-"+run))
	w.write(t, "out/spare-"+run, "spare", 0o600)
}

// idle starts a process outside that an attack may end.
func idle(t *testing.T, l *launch) {
	t.Helper()
	cmd := l.w.user.Command("sleep", "600")
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.args["idle"] = fmt.Sprint(cmd.Process.Pid)
	l.after = append(l.after, func() { cmd.Process.Kill(); cmd.Wait() })
}
