package script

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// groupPrograms make process groups and sessions of their own inside. Each must
// say what it says without nono.
var groupPrograms = []struct{ needs, name, script string }{
	{"bash", "a shell with job control", `bash -c 'set -m; sleep 0.1 | cat & wait; jobs; (exit 3) | (exit 4); echo $?; sleep 0.1 & fg >/dev/null; echo done'`},
	{"bash", "an interactive shell", `bash --norc --noprofile -ic 'true | cat; sleep 0.1 & wait; echo done' 2>/dev/null`},
	{"python3", "Python's groups and sessions", `python3 -c '
import os, subprocess, sys
p = subprocess.Popen(["sleep", "9"], preexec_fn=os.setpgrp); print(os.getpgid(p.pid) == p.pid); os.killpg(p.pid, 15); print(p.wait())
p = subprocess.Popen(["sleep", "9"], start_new_session=True); print(os.getsid(p.pid) == p.pid); os.killpg(p.pid, 9); print(p.wait())
a = subprocess.Popen(["sleep", "9"], preexec_fn=os.setpgrp)
b = subprocess.Popen(["sleep", "9"], preexec_fn=lambda: os.setpgid(0, a.pid)); print(os.getpgid(b.pid) == a.pid); os.killpg(a.pid, 15); print(a.wait(), b.wait())'`},
	{"timeout", "timeout(1)", `timeout 0.1 sleep 9; echo $?`},
	{"setsid", "setsid(1)", `setsid -w sh -c 'echo done'`},
	{"script", "script(1)", `script -qec 'echo done' /dev/null </dev/null`},
	{"make", "make with jobs", `printf 'all: a b\na b:\n\t@sleep 0.1\n' >Makefile; make -s -j2; echo $?`},
	{"perl", "setpgrp of an own child", `perl -e '$p = fork; if (!$p) { setpgrp(0, 0); sleep 9; exit } select undef, undef, undef, 0.2; print getpgrp($p) == $p ? "own" : "not", "\n"; kill -15, $p; wait; print $? & 127, "\n"'`},
	{"tmux", "tmux", `tmux -S "$TMPDIR/s" -f /dev/null new-session -d 'sleep 9' && tmux -S "$TMPDIR/s" list-sessions -F done; tmux -S "$TMPDIR/s" kill-server`},
}

// A starting is a way in which a shell starts the command: "$@" and then the
// script. What it is told by is how the command stands in its process group.
var startings = []struct{ name, script string }{
	{"leader of a session", `exec "$@"`},
	{"in the group of a script", `"$@"; exit $?`},
	{"in a pipeline", `"$@" | cat`},
	{"leader of a group", `bash -c 'set -m; "$@"; exit $?' bash "$@"`},
	{"in the background", `"$@" & wait $!`},
}

// TestJobControlInside: whatever makes process groups works inside, however the
// command itself was started, without a terminal and on one.
func TestJobControlInside(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		dir := u.Dir(t)
		run := func(starting string, words ...string) string {
			cmd := u.Command("/bin/sh", append([]string{"-c", starting, "sh"}, words...)...)
			cmd.SysProcAttr.Setsid = true
			cmd.Dir = dir
			cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "SHELL=/bin/sh", "TERM=dumb"}
			out, _ := cmd.CombinedOutput()
			return string(out)
		}
		for _, p := range groupPrograms {
			if _, err := exec.LookPath(p.needs); err != nil {
				t.Logf("%s is missing", p.needs)
				continue
			}
			flags := []string{s.Path("nono-run"), "-s", "--allow-command", "all", "--allow-unix-sockets", "--allow", "."}
			for _, starting := range startings {
				want := run(starting.script, "sh", "-c", p.script)
				for name, more := range map[string][]string{"inside": nil, "supervised": {"--explain", "--summary", "none"}} {
					got := run(starting.script, slices.Concat(flags, more, []string{"--", "sh", "-c", p.script})...)
					if got != want || want == "" {
						t.Errorf("%s, %s, %s:\n%s\nwithout nono:\n%s", p.name, starting.name, name, got, want)
					}
				}
			}
		}
	})
}

// TestShellInside: an interactive shell inside stops and resumes jobs and pipelines,
// and gives the terminal back.
func TestShellInside(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for name, prefix := range map[string]string{"control": "", "nono-run": s.Path("nono-run") + " -s --allow . -- ",
			"supervised": s.Path("nono-run") + " -s --explain --summary none --allow . -- "} {
			t.Run(name, func(t *testing.T) {
				dir := u.Dir(t)
				term := newTerminal(t, u, dir, "SHELL=/bin/bash")
				for _, start := range []string{
					prefix + "bash --norc --noprofile",
					// in a script, whose group an interactive shell watches
					"sh -c '" + prefix + "bash --norc --noprofile; echo scr\"\"ipt goes on; read x; echo rea\"\"d $x'",
				} {
					term.enter(start + "\n")
					term.enter("PS1='in''side> '\n")
					term.await("inside> ")
					term.enter(`sh -c 'echo sta""rted; exec sleep 60' | cat` + "\n")
					term.await("started")
					term.enter("\x1a")
					term.await("Stopped")
					term.await("inside> ")
					term.enter("jobs\n")
					term.await("Stopped")
					term.await("inside> ")
					term.enter("bg\n")
					term.await("inside> ")
					term.enter("fg\n")
					term.await("| cat")
					term.press("\x03", "inside> ")
					// What is typed while bash edits its line is no whole line to who reads next.
					term.enter("sh -c 'echo as\"\"ks; read x; echo got\"\":$x'\n")
					term.await("asks")
					term.enter("typed\n")
					term.await("got:typed")
					term.enter("exit\n")
					if strings.HasPrefix(start, "sh ") {
						term.await("script goes on")
						term.enter("word\n")
						term.await("read word")
					}
					term.await("ready> ")
				}
			})
		}
	})
}
