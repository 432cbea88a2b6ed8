package shell

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// nono, by every name under which it can be called.
func TestDispatcher(t *testing.T) {
	u := newUser(t)
	bin := filepath.Join(u.prefix, "bin")
	links := filepath.Join(u.home, "links")
	for _, l := range [][2]string{
		{bin + "/nono", links + "/absolute"},
		{"absolute", links + "/chain"},
		{"../../p/bin/nono", links + "/relative"},
		{bin, u.home + "/linked-bin"},
		// A name with what shells stumble over.
		{bin + "/nono", links + "/-n o'\"$(x)\n*"},
	} {
		if err := os.MkdirAll(links, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(l[0], l[1]); err != nil {
			t.Fatal(err)
		}
	}
	spaced := filepath.Join(u.home, "with a space", "bin")
	if err := os.CopyFS(spaced, os.DirFS(bin)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, dir, program string
	}{
		{"by its path", "/", bin + "/nono"},
		{"by a relative path", u.prefix, "bin/nono"},
		{"by ./", bin, "./nono"},
		{"by a symlink", "/", links + "/absolute"},
		{"by a chain of symlinks", "/", links + "/chain"},
		{"by a relative symlink", "/", links + "/relative"},
		{"by a symlink to its directory", "/", u.home + "/linked-bin/nono"},
		{"by an odd name", links, "./-n o'\"$(x)\n*"},
		{"in a directory with a space", "/", spaced + "/nono"},
		{"in it, by a relative path", u.home, "with a space/bin/nono"},
	} {
		cmd := exec.Command(tc.program, "version")
		cmd.Dir, cmd.Env = tc.dir, u.env
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "nono 0.") {
			t.Errorf("called %s: %v\n%s", tc.name, err, out)
		}
	}
	for _, tc := range []struct {
		args   []string
		status int
		says   string
	}{
		{nil, 2, "usage: nono"},
		{[]string{"help"}, 0, "usage: nono"},
		{[]string{"help", "run"}, 0, "usage: nono run"},
		{[]string{"help", "why"}, 0, "usage: nono why"},
		{[]string{"-n\\c"}, 2, `cannot find a subcommand '-n\c'`},
		{[]string{"\x1b[2J\n"}, 2, `cannot find a subcommand $'\033[2J\012'`},
		{[]string{""}, 2, `cannot find a subcommand ''`},
		{[]string{"run"}, 2, "nono: error: "},
		{[]string{"--version"}, 0, "nono 0."},
		{[]string{"runn"}, 2, "nono: hint: did you mean nono run?"},
		{[]string{"wyh"}, 2, "nono: hint: nono help lists the subcommands"},
		{[]string{"help", "runn"}, 2, "nono: hint: did you mean nono run?"},
		{[]string{"--list-profiles"}, 2, "cannot use the flag '--list-profiles': no subcommand stands before it\nnono: hint: nono run --list-profiles\n"},
		{[]string{"--allow", ".", "--", "ls", "a b"}, 2, "nono: hint: nono run --allow . -- ls 'a b'\n"},
		{[]string{"run", ".", "--", "ls", "a b"}, 2, "nono: hint: nono run --allow . -- ls 'a b' grants that path\n"},
		{[]string{"run", "ls", "--allow", ".", "-l"}, 2, "nono: hint: nono run --allow . -- ls -l\n"},
		{[]string{"run", "--allow-env", "--", "x"}, 2, "cannot use the flag '--allow-env': its argument is missing"},
		{[]string{"run", "--allow=~/x", "--", "true"}, 125, "expands '~' only at the beginning of a word\nnono: hint: --allow ~/x\n"},
		{[]string{"run", "--allow", "/tmp", "--deny=~/x", "--", "true"}, 125, "cannot use --deny '~/x': the shell has not replaced '~' by your home"},
		{[]string{"run"}, 2, "cannot start a command: none is given\nnono: hint: nono run --allow . -- COMMAND\n"},
		{[]string{"run", "-h"}, 0, "nono run --help shows all flags.\n"},
		{[]string{"run", "--help"}, 0, "Manual: nono-run(1), nono(7), nono-profile(5)."},
		{[]string{"shell", "--allow", "/tmp", "--", "ls"}, 2, "cannot use '--' with nono shell: it starts '/bin/sh'"},
		{[]string{"shell", "-s", "--read", "--", "ls", "x\r"}, 2, "cannot use 'ls' with nono shell: it starts '/bin/sh'"},
		{[]string{"shell", "--read", "/tmp", "--deny"}, 2, "cannot use the flag '--deny': its argument is missing"},
		{[]string{"shell", "--read=/tmp", "a b\r"}, 2, `cannot use $'a b\015' with nono shell: it starts '/bin/sh'`},
		{[]string{"run", "--read", "/", "-s", "--", "printf", "<%s>", "a b", "", "*"}, 0, "<a b><><*>"},
	} {
		cmd := exec.Command(bin+"/nono", tc.args...)
		cmd.Dir, cmd.Env = "/", append(u.env, "SHELL=/bin/sh")
		out, err := cmd.CombinedOutput()
		if got := exitStatus(t, err); got != tc.status || !strings.Contains(string(out), tc.says) {
			t.Errorf("nono %q: status %d\n%s", tc.args, got, out)
		}
	}
}

// What nono passes on it leaves as it is, whatever a shell would make of it.
func TestDispatcherKeepsTheEnvironment(t *testing.T) {
	u := newUser(t)
	odd := []string{"spring.profiles.active=dev", "a-b=1", "BASH_FUNC_hi%%=() { echo hi; }", "1=one", "=empty name", "x y=\n\t", "bytes=\xff\xfe", "twice=1"}
	cmd := exec.Command(filepath.Join(u.prefix, "bin/nono"), "run", "--silent", "--allow", u.home+"/project", "--", "env", "-0")
	cmd.Env = append(u.env, odd...)
	cmd.Dir = u.home + "/project"
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(string(out), "\x00")
	for _, kv := range odd {
		if !slices.Contains(got, kv) {
			t.Errorf("%q does not arrive", kv)
		}
	}
}

// Go cannot start with little memory, and says so with a trace and status 2. The
// programs look before, and say it as they say everything.
func TestLittleMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the limits are Linux's")
	}
	u := newUser(t)
	run := " run --silent --allow " + u.home + "/project -- true"
	for _, program := range []string{"bin/nono" + run, "bin/nono-run --silent --read / -- true", "bin/nono-why /", "libexec/nono/nono-exec-shim --version"} {
		for _, limit := range []string{"-v 20000", "-v 300000", "-v 500000", "-v 800000", "-v 1000000", "-v 1200000", "-v 1300000", "-d 4000", "-d 20000", "-d 60000", "-d 98000"} {
			cmd := exec.Command("sh", "-c", "ulimit "+limit+"; exec "+u.prefix+"/"+program)
			cmd.Env = u.env
			out, err := cmd.CombinedOutput()
			if got := exitStatus(t, err); got != 125 || !strings.HasPrefix(string(out), "nono: error: cannot start: less than ") {
				t.Errorf("%s with ulimit %s: status %d\n%s", program, limit, got, out)
			}
		}
		if strings.HasPrefix(program, "bin/nono-why") {
			continue // denied is what it is to say
		}
		for _, limit := range []string{"-v 1400000", "-v 2000000", "-d 98400"} {
			cmd := exec.Command("sh", "-c", "ulimit "+limit+"; exec "+u.prefix+"/"+program)
			cmd.Env = u.env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s with ulimit %s: %v\n%s", program, limit, err, out)
			}
		}
	}
}

// Where /bin is a symlink, what lies beside the real one is still found.
func TestDispatcherFindsItsShare(t *testing.T) {
	u := newUser(t)
	link := filepath.Join(u.home, "deep", "bin")
	if err := os.Mkdir(filepath.Dir(link), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(u.prefix, "bin"), link); err != nil {
		t.Fatal(err)
	}
	for _, nono := range []string{filepath.Join(u.prefix, "bin/nono"), filepath.Join(link, "nono")} {
		cmd := exec.Command(nono, "shell", "--silent", "--allow", u.home+"/project", "--print-spec")
		cmd.Env = append(u.env, "CDPATH=/:/usr", "SHELL=/bin/sh")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "read "+u.prefix+"/share/nono ") {
			t.Errorf("%s shell does not find its start-up files: %v\n%s", nono, err, out)
		}
	}
}

// A package may be missing: nono says which.
func TestDispatcherAlone(t *testing.T) {
	u := newUser(t)
	if err := os.Remove(filepath.Join(u.prefix, "bin/nono-why")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(u.prefix, "bin/nono"), "why", "/")
	out, err := cmd.CombinedOutput()
	if exitStatus(t, err) != 125 || !strings.Contains(string(out), "nono: error: cannot find 'nono-why' in '"+u.prefix+"/bin'") {
		t.Errorf("%v\n%s", err, out)
	}
	cmd = exec.Command(filepath.Join(u.prefix, "bin/nono"), "run", "-s", "--read", "/", "--", "echo", "still", "runs")
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "still runs\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

// From nono to the command there is one process.
func TestDispatcherForksNothing(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed, so processes were not counted")
	}
	u := newUser(t)
	log := filepath.Join(u.home, "strace")
	cmd := exec.Command("strace", "-f", "-o", log, "-e", "trace=fork,vfork,clone,clone3,execve",
		filepath.Join(u.prefix, "bin/nono"), "run", "-s", "--read", "/", "--", "/bin/true")
	cmd.Env = u.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	execs := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		switch {
		case strings.Contains(line, "execve("):
			execs++
		case strings.Contains(line, "fork("), strings.Contains(line, "clone") && !strings.Contains(line, "CLONE_THREAD") && !strings.Contains(line, "resumed"):
			t.Errorf("a process is started: %s", line)
		}
	}
	if execs != 3 { // nono, nono-run, the command
		t.Errorf("%d programs were executed, not 3:\n%s", execs, text)
	}
}

func exitStatus(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}
