// Package ephemeral holds --ephemeral to what it promises: the originals stay as they
// are until a person decides, the sandbox is as it is without, and nothing that the
// command left leads keep or diff astray.
package ephemeral

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A place is one user's home and project.
type place struct {
	t             *testing.T
	s             suite.Suite
	u             testenv.User
	home, project string
}

func each(t *testing.T, f func(t *testing.T, p place)) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := place{t: t, s: suite.Build(t, suite.Newest), u: u, home: u.Dir(t), project: u.Dir(t)}
		p.outside("echo one > a; echo two > b; mkdir d; echo three > d/c; echo key > " + p.home + "/single")
		f(t, p)
	})
}

func (p place) command(words ...string) *exec.Cmd {
	c := p.u.Command(words[0], words[1:]...)
	c.Dir = p.project
	c.Env = []string{"PATH=" + p.s.Dir + ":/usr/bin:/bin", "HOME=" + p.home, "TMPDIR=" + p.home, "TERM=dumb"}
	return c
}

// outside runs a shell script without a sandbox.
func (p place) outside(script string) string {
	p.t.Helper()
	out, err := p.command("sh", "-ec", script).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s: %v: %s", script, err, out)
	}
	return string(out)
}

// nono runs a subcommand and returns what it printed on both streams, and its status.
func (p place) nono(words ...string) (string, int) {
	p.t.Helper()
	c := p.command(append([]string{p.s.Path("nono")}, words...)...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.Run()
	return out.String(), c.ProcessState.ExitCode()
}

// run runs a script inside with --ephemeral.
func (p place) run(script string, flags ...string) (string, int) {
	p.t.Helper()
	args := append(append([]string{"run", "--ephemeral", "--allow", p.project, "--allow-rmdir", "--allow-command", "all"}, flags...), "--", "sh", "-c", script)
	out, status := p.nono(args...)
	if strings.Contains(out, "user namespace") && status == 125 {
		p.t.Skip("no user namespace can be made here")
	}
	return out, status
}

func (p place) want(what, want string) {
	p.t.Helper()
	if got := p.outside(what); got != want {
		p.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestDecide(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		out, status := p.run("echo more >> a; rm b; rm -r d; mkdir n; echo new > n/f; cat a; exit 7")
		if status != 7 || !strings.HasPrefix(out, "one\nmore\n") || !strings.Contains(out, "2 added, 1 changed, 3 removed") {
			t.Fatalf("status %d: %s", status, out)
		}
		p.want("cat a b d/c; ls", "one\ntwo\nthree\na\nb\nd\n")
		id := regexp.MustCompile(`\d{8}-\d{6}-[0-9a-f]{6}`).FindString(out)
		if out, _ := p.nono("ephemeral", "list"); !strings.Contains(out, id) {
			t.Errorf("list: %s", out)
		}
		for _, want := range []string{"changed '" + p.project + "/a'", "+more", "-two", "added '" + p.project + "/n/f'", "removed '" + p.project + "/d'"} {
			if out, status := p.nono("diff", id); status != 0 || !strings.Contains(out, want) {
				t.Errorf("diff lacks %q: %s", want, out)
			}
		}
		if out, status := p.nono("keep", id, "a", "d"); status != 0 || !strings.Contains(out, "kept: 1 changed, 2 removed") {
			t.Errorf("keep: %s", out)
		}
		p.want("cat a b; ls", "one\nmore\ntwo\na\nb\n")
		// The run goes on with what is left.
		again, status := p.nono("run", "--ephemeral="+id, "--allow", p.project, "--allow-rmdir", "--allow-command", "all", "--", "sh", "-c", "cat n/f; ls; echo again > n/g")
		if status != 0 || !strings.HasPrefix(again, "new\na\nn\n") {
			t.Errorf("again: %d: %s", status, again)
		}
		if out, status := p.nono("discard", "n/f"); status != 0 || !strings.Contains(out, "thrown away: 1 added") {
			t.Errorf("discard: %s", out)
		}
		if out, status := p.nono("keep"); status != 0 || !strings.Contains(out, "kept: 2 added, 1 removed") {
			t.Errorf("keep the rest: %s", out)
		}
		p.want("cat n/g; ls . n", "again\n.:\na\nn\n\nn:\ng\n")
		p.want("ls -A "+p.home+"/.local/state/nono/ephemeral", "")
	})
}

func TestEndings(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		if out, _ := p.run("true"); strings.Contains(out, "nono:") {
			t.Errorf("where nothing changed: %s", out)
		}
		out, status := p.nono("run", "--ephemeral=discard", "--allow", p.project, "--", "sh", "-c", "echo x > a; cat a")
		if status != 0 || !strings.HasPrefix(out, "x\n") || !strings.Contains(out, "thrown away: 1 changed") {
			t.Errorf("discard: %d: %s", status, out)
		}
		if out, status := p.run("echo x > a; kill -TERM $$"); status != -1 && status != 143 {
			t.Errorf("ended by a signal: %d: %s", status, out)
		}
		// --silent says nothing, and the run waits all the same.
		if out, _ := p.run("echo y > a", "--silent"); out != "" {
			t.Errorf("silent: %s", out)
		}
		if out, _ := p.nono("ephemeral", "prune", "--older", "0s"); strings.Count(out, "thrown away") != 2 {
			t.Errorf("prune: %s", out)
		}
		p.want("cat a; ls -A "+p.home+"/.local/state/nono/ephemeral", "one\n")
	})
}

// The sandbox is what it is without the flag.
func TestSandboxHolds(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		secret := filepath.Join(p.u.Dir(t), "secret")
		p.outside("echo secret > " + secret)
		for script, want := range map[string]string{
			"cat " + secret: "Permission denied",
			"echo x > " + p.home + "/.local/state/nono/x":                      "Permission denied",
			"ls " + p.home + "/.local/state/nono/ephemeral":                    "Permission denied",
			"mount -t tmpfs none d":                                            "mount: ",
			"unshare -Urm true":                                                "unshare",
			"umount " + p.project:                                              "umount",
			"grep CapEff /proc/self/status | grep -v 0000000000000000 | wc -l": map[bool]string{true: "1", false: "0"}[p.u.Root()],
			"grep NoNewPrivs /proc/self/status":                                "1",
		} {
			if out, _ := p.run(script); !strings.Contains(out, want) {
				t.Errorf("%s: %s", script, out)
			}
		}
		// What is denied beneath the grant stays denied, and for keep too.
		if out, _ := p.run("cat d/c; echo x > d/c", "--deny", p.project+"/d"); strings.Contains(out, "three") || strings.Contains(out, "changed") {
			t.Errorf("denied: %s", out)
		}
	})
}

// A file that is granted by itself is changed in place, and the original is not.
func TestSingleFile(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		single := p.home + "/single"
		if out, status := p.run("echo changed > "+single+"; cat "+single, "--allow-file", single); status != 0 || !strings.HasPrefix(out, "changed\n") {
			t.Fatalf("%d: %s", status, out)
		}
		p.want("cat "+single, "key\n")
		if out, status := p.nono("keep"); status != 0 {
			t.Fatal(out)
		}
		p.want("cat "+single, "changed\n")
	})
}

// The working directory and what is open must not lead past the overlay.
func TestNoWayPastTheOverlay(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		for _, script := range []string{
			"echo x > a", "cd d; echo x > ../a", "echo x > /proc/self/cwd/a", "echo x > $PWD/a", "cd /proc/self/cwd; echo x > a",
			"(cd /proc/$PPID/cwd && echo x > a)", "(cd /proc/$PPID/root" + p.project + " && echo x > a)",
		} {
			p.run(script)
			p.want("cat a", "one\n")
		}
		c := p.command(p.s.Path("nono"), "run", "--ephemeral", "--silent", "--allow", p.project, "--", "sh", "-c", "echo x > /proc/self/fd/0/a")
		dir, err := os.Open(p.project)
		if err != nil {
			t.Fatal(err)
		}
		defer dir.Close()
		c.Stdin = dir
		c.Run()
		p.want("cat a", "one\n")
	})
}

// The command leaves nothing behind that goes on changing.
func TestLeftOvers(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		out, _ := p.run("(setsid sh -c 'trap \"\" TERM HUP; while :; do date > d/c; done' >/dev/null 2>&1 </dev/null &) ; echo x > a; sleep 0.2")
		if !strings.Contains(out, "changed") {
			t.Fatal(out)
		}
		if out, status := p.nono("keep"); status != 0 {
			t.Fatal(out)
		}
		before := p.outside("cat d/c")
		time.Sleep(50 * time.Millisecond)
		p.want("cat d/c", before)
	})
}

// If nono-overlay is killed, the command is killed, and the changes wait.
func TestKilled(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run("true")
		c := p.command(p.s.Path("nono-run"), "run")
		c.Args = []string{"nono-run", "--ephemeral", "--allow", p.project, "--", "sh", "-c", "echo x > a; echo ready; while :; do sleep 0.01; echo alive >> b; done"}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 6)); err != nil {
			t.Fatal(err)
		}
		c.Process.Signal(syscall.SIGKILL)
		c.Wait()
		p.want("cat a b", "one\ntwo\n")
		deadline := time.Now().Add(10 * time.Second)
		for {
			o, status := p.nono("keep", "a")
			if status == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal(o)
			}
			time.Sleep(20 * time.Millisecond)
		}
		p.want("cat a", "x\n")
	})
}

func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run("true")
		for _, c := range []struct {
			args []string
			want string
		}{
			{[]string{"run", "--ephemeral", "--read", p.project, "--", "true"}, "the command may change nothing"},
			{[]string{"run", "--ephemeral", "--allow", p.home, "--", "true"}, "the changes would be kept within it"},
			{[]string{"run", "--ephemeral=x", "--allow", p.project, "--", "true"}, "neither 'discard', 'ask' nor the ID of a run"},
			{[]string{"run", "--ephemeral=20200101-000000-abcdef", "--allow", p.project, "--", "true"}, "there is none"},
			{[]string{"keep", "20200101-000000-abcdef"}, "there is none"},
			{[]string{"keep", "--nothing"}, "there is no such flag"},
			{[]string{"ephemeral", "prune", "--older", "7y"}, "a unit (s, m, h, d, w)"},
			{[]string{"ephemeral", "list", "x"}, "takes no words"},
			{[]string{"ephemeral", "frobnicate"}, "no such subcommand"},
		} {
			if out, status := p.nono(c.args...); status == 0 || !strings.Contains(out, c.want) || !strings.Contains(out, "nono: hint: ") {
				t.Errorf("%q: %d: %s", c.args, status, out)
			}
		}
		if out, _ := p.run("echo x > a"); !strings.Contains(out, "1 changed") {
			t.Fatal(out)
		}
		if out, status := p.nono("keep", "b"); status != 1 || !strings.Contains(out, "changed nothing there") {
			t.Errorf("keep of what did not change: %d: %s", status, out)
		}
	})
}

// A mount within a grant would show through as an empty directory.
func TestMountWithin(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root mounts")
	}
	each(t, func(t *testing.T, p place) {
		p.run("true")
		testenv.PrivateMounts(t, func() {
			if err := unix.Mount("tmpfs", filepath.Join(p.project, "d"), "tmpfs", 0, ""); err != nil {
				t.Error(err)
				return
			}
			if out, status := p.nono("run", "--ephemeral", "--allow", p.project, "--", "true"); status != 125 || !strings.Contains(out, "another file system is mounted within it") {
				t.Errorf("%d: %s", status, out)
			}
		})
	})
}

func TestCommit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	each(t, func(t *testing.T, p place) {
		p.outside("git init -q; git config user.name n; git config user.email e; git add -A; git commit -qm first; printf '#!/bin/sh\\ntouch ran\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit")
		p.run("echo more >> a; rm b; echo new > 'n w'")
		if out, status := p.nono("keep", "--commit", "from the run"); status != 0 {
			t.Fatal(out)
		}
		p.want("git log --format=%s; git status --short; git show --name-status --format= | sort; ls ran 2>/dev/null || :", "from the run\nfirst\nA\tn w\nD\tb\nM\ta\n")
		p.run("git config alias.x y; echo z > a")
		if out, status := p.nono("keep", "--commit", "x"); status != 1 || !strings.Contains(out, "git's own files") {
			t.Errorf("%d: %s", status, out)
		}
	})
}

// git and the pager are not looked for where the command could have left them.
func TestNoProgramOfTheProject(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	each(t, func(t *testing.T, p place) {
		p.outside("git init -q; git config user.name n; git config user.email e; git add -A; git commit -qm first; mkdir -p .venv/bin")
		for _, name := range []string{"git", "less"} {
			p.outside("printf '#!/bin/sh\\ntouch " + p.home + "/planted-" + name + "\\n' > .venv/bin/" + name + "; chmod +x .venv/bin/" + name)
		}
		p.run("echo more >> a")
		nono := p.s.Path("nono")
		for _, words := range [][]string{{"script", "-qec", nono + " diff", "/dev/null"}, {nono, "keep", "--commit", "from the run"}} {
			c := p.command(words...)
			c.Env = append(c.Env, "PATH="+p.project+"/.venv/bin:.venv/bin:"+p.s.Dir+":/usr/bin:/bin", "TERM=xterm")
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%q: %v: %s", words, err, out)
			}
		}
		p.want("git log --format=%s -1; ls "+p.home+" | grep planted || :", "from the run\n")
	})
}

// Names and contents of the command's making do not reach the terminal raw.
func TestHostileNames(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run(`printf 'x\033[2Jy\n' > "$(printf 'n\033]0;t\007\nm')"; ln -s /etc/passwd "$(printf 'l\033[31m')"`)
		c := p.command("script", "-qec", fmt.Sprintf("%s diff --no-pager; %s diff --stat --no-pager", p.s.Path("nono"), p.s.Path("nono")), "/dev/null")
		c.Env = append(c.Env, "NO_COLOR=1")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Skip("script(1) does not work here:", err)
		}
		if bytes.ContainsAny(out, "\x1b\x07") || !bytes.Contains(out, []byte("\ufffd[2Jy")) {
			t.Errorf("%q", out)
		}
	})
}
