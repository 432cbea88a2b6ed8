// Package ephemeral holds --ephemeral to what it promises: the originals stay as they
// are until a person decides, the sandbox is as it is without, and nothing that the
// command left leads keep or diff astray.
package ephemeral

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/project"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// A place is a project in which runs are ephemeral.
type place struct{ project.Project }

const filled = "echo one > a; echo two > b; mkdir d; echo three > d/c; echo key > ~/single"

func each(t *testing.T, f func(t *testing.T, p place)) {
	project.Each(t, filled, func(t *testing.T, p project.Project) { f(t, place{p}) })
}

// run runs a script inside with --ephemeral.
func (p place) run(script string, flags ...string) (string, int) {
	p.T.Helper()
	args := append(append([]string{"run", "--ephemeral", "--allow", p.Dir, "--allow-rmdir", "--allow-command", "all"}, flags...), "--", "sh", "-c", script)
	out, status := p.Nono(args...)
	if strings.Contains(out, "user namespace") && status == 125 {
		p.T.Skip("no user namespace can be made here")
	}
	return out, status
}

func TestDecide(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		out, status := p.run("echo more >> a; rm b; rm -r d; mkdir n; echo new > n/f; cat a; exit 7")
		if status != 7 || !strings.HasPrefix(out, "one\nmore\n") || !strings.Contains(out, "2 added, 1 changed, 3 removed") {
			t.Fatalf("status %d: %s", status, out)
		}
		p.Want("cat a b d/c; ls", "one\ntwo\nthree\na\nb\nd\n")
		id := regexp.MustCompile(`\d{8}-\d{6}-[0-9a-f]{6}`).FindString(out)
		if out, _ := p.Nono("ephemeral", "list"); !strings.Contains(out, id) {
			t.Errorf("list: %s", out)
		}
		for _, want := range []string{"changed '" + p.Dir + "/a'", "+more", "-two", "added '" + p.Dir + "/n/f'", "removed '" + p.Dir + "/d'"} {
			if out, status := p.Nono("diff", id); status != 0 || !strings.Contains(out, want) {
				t.Errorf("diff lacks %q: %s", want, out)
			}
		}
		if out, status := p.Nono("keep", id, "a", "d"); status != 0 || !strings.Contains(out, "kept: 1 changed, 2 removed") {
			t.Errorf("keep: %s", out)
		}
		p.Want("cat a b; ls", "one\nmore\ntwo\na\nb\n")
		// The run goes on with what is left.
		again, status := p.Nono("run", "--ephemeral="+id, "--allow", p.Dir, "--allow-rmdir", "--allow-command", "all", "--", "sh", "-c", "cat n/f; ls; echo again > n/g")
		if status != 0 || !strings.HasPrefix(again, "new\na\nn\n") {
			t.Errorf("again: %d: %s", status, again)
		}
		if out, status := p.Nono("discard", "n/f"); status != 0 || !strings.Contains(out, "thrown away: 1 added") {
			t.Errorf("discard: %s", out)
		}
		if out, status := p.Nono("keep"); status != 0 || !strings.Contains(out, "kept: 2 added, 1 removed") {
			t.Errorf("keep the rest: %s", out)
		}
		p.Want("cat n/g; ls . n", "again\n.:\na\nn\n\nn:\ng\n")
		p.Want("ls -A "+p.Home+"/.local/state/nono/ephemeral", "")
	})
}

func TestEndings(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		if out, _ := p.run("true"); strings.Contains(out, "nono:") {
			t.Errorf("where nothing changed: %s", out)
		}
		out, status := p.Nono("run", "--ephemeral=discard", "--allow", p.Dir, "--", "sh", "-c", "echo x > a; cat a")
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
		if out, _ := p.Nono("ephemeral", "prune", "--older", "0s"); strings.Count(out, "thrown away") != 2 {
			t.Errorf("prune: %s", out)
		}
		p.Want("cat a; ls -A "+p.Home+"/.local/state/nono/ephemeral", "one\n")
	})
}

// The sandbox is what it is without the flag.
func TestSandboxHolds(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		secret := filepath.Join(p.User.Dir(t), "secret")
		p.Outside("echo secret > " + secret)
		for script, want := range map[string]string{
			"cat " + secret: "Permission denied",
			"echo x > " + p.Home + "/.local/state/nono/x":                      "Permission denied",
			"ls " + p.Home + "/.local/state/nono/ephemeral":                    "Permission denied",
			"mount -t tmpfs none d":                                            "mount: ",
			"unshare -Urm true":                                                "unshare",
			"umount " + p.Dir:                                                  "umount",
			"grep CapEff /proc/self/status | grep -v 0000000000000000 | wc -l": map[bool]string{true: "1", false: "0"}[p.User.Root()],
			"grep NoNewPrivs /proc/self/status":                                "1",
		} {
			if out, _ := p.run(script); !strings.Contains(out, want) {
				t.Errorf("%s: %s", script, out)
			}
		}
		// What is denied beneath the grant stays denied, and for keep too.
		if out, _ := p.run("cat d/c; echo x > d/c", "--deny", p.Dir+"/d"); strings.Contains(out, "three") || strings.Contains(out, "changed") {
			t.Errorf("denied: %s", out)
		}
	})
}

// A file that is granted by itself is changed in place, and the original is not.
func TestSingleFile(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		single := p.Home + "/single"
		if out, status := p.run("echo changed > "+single+"; cat "+single, "--allow-file", single); status != 0 || !strings.HasPrefix(out, "changed\n") {
			t.Fatalf("%d: %s", status, out)
		}
		p.Want("cat "+single, "key\n")
		if out, status := p.Nono("keep"); status != 0 {
			t.Fatal(out)
		}
		p.Want("cat "+single, "changed\n")
	})
}

// The working directory and what is open must not lead past the overlay.
func TestNoWayPastTheOverlay(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		for _, script := range []string{
			"echo x > a", "cd d; echo x > ../a", "echo x > /proc/self/cwd/a", "echo x > $PWD/a", "cd /proc/self/cwd; echo x > a",
			"(cd /proc/$PPID/cwd && echo x > a)", "(cd /proc/$PPID/root" + p.Dir + " && echo x > a)",
		} {
			p.run(script)
			p.Want("cat a", "one\n")
		}
		c := p.Command(p.Suite.Path("nono"), "run", "--ephemeral", "--silent", "--allow", p.Dir, "--", "sh", "-c", "echo x > /proc/self/fd/0/a")
		dir, err := os.Open(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		defer dir.Close()
		c.Stdin = dir
		c.Run()
		p.Want("cat a", "one\n")
	})
}

// The command leaves nothing behind that goes on changing.
func TestLeftOvers(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		out, _ := p.run("(setsid sh -c 'trap \"\" TERM HUP; while :; do date > d/c; done' >/dev/null 2>&1 </dev/null &) ; echo x > a; sleep 0.2")
		if !strings.Contains(out, "changed") {
			t.Fatal(out)
		}
		if out, status := p.Nono("keep"); status != 0 {
			t.Fatal(out)
		}
		before := p.Outside("cat d/c")
		time.Sleep(50 * time.Millisecond)
		p.Want("cat d/c", before)
	})
}

// If nono-overlay is killed, the command is killed, and the changes wait.
func TestKilled(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run("true")
		c := p.Command(p.Suite.Path("nono-run"), "run")
		c.Args = []string{"nono-run", "--ephemeral", "--allow", p.Dir, "--", "sh", "-c", "echo x > a; echo ready; while :; do sleep 0.01; echo alive >> b; done"}
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
		p.Want("cat a b", "one\ntwo\n")
		deadline := time.Now().Add(10 * time.Second)
		for {
			o, status := p.Nono("keep", "a")
			if status == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal(o)
			}
			time.Sleep(20 * time.Millisecond)
		}
		p.Want("cat a", "x\n")
	})
}

func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run("true")
		for _, c := range []struct {
			args []string
			want string
		}{
			{[]string{"run", "--ephemeral", "--read", p.Dir, "--", "true"}, "the command may change nothing"},
			{[]string{"run", "--ephemeral", "--allow", p.Home, "--", "true"}, "the changes would be kept within it"},
			{[]string{"run", "--ephemeral=x", "--allow", p.Dir, "--", "true"}, "neither 'discard', 'ask' nor the ID of a run"},
			{[]string{"run", "--ephemeral=20200101-000000-abcdef", "--allow", p.Dir, "--", "true"}, "there is none"},
			{[]string{"keep", "20200101-000000-abcdef"}, "there is none"},
			{[]string{"keep", "--nothing"}, "there is no such flag"},
			{[]string{"ephemeral", "prune", "--older", "7y"}, "a unit (s, m, h, d, w)"},
			{[]string{"ephemeral", "list", "x"}, "takes no words"},
			{[]string{"ephemeral", "list", "x", "--force"}, "there is no such flag"},
			{[]string{"ephemeral", "prune", "x"}, "takes no words"},
			{[]string{"diff", "a", "--sta"}, "did you mean --stat?"},
			{[]string{"ephemeral", "frobnicate"}, "no such subcommand"},
		} {
			if out, status := p.Nono(c.args...); status == 0 || !strings.Contains(out, c.want) || !strings.Contains(out, "nono: hint: ") {
				t.Errorf("%q: %d: %s", c.args, status, out)
			}
		}
		if out, _ := p.run("echo x > a"); !strings.Contains(out, "1 changed") {
			t.Fatal(out)
		}
		if out, status := p.Nono("keep", "b"); status != 1 || !strings.Contains(out, "changed nothing there") {
			t.Errorf("keep of what did not change: %d: %s", status, out)
		}
		// Flags may stand behind the paths, up to "--".
		if out, status := p.Nono("diff", "a", "--stat"); status != 0 || strings.Contains(out, "@@") || !strings.Contains(out, "/a") {
			t.Errorf("diff with its flag behind: %d: %s", status, out)
		}
		if out, status := p.Nono("discard", "--", "--stat"); status != 1 || !strings.Contains(out, "/--stat': the run changed nothing there") {
			t.Errorf("a path behind '--': %d: %s", status, out)
		}
		if out, status := p.Nono("keep", "a", "--force"); status != 0 || !strings.Contains(out, "kept: 1 changed") {
			t.Errorf("keep with its flag behind: %d: %s", status, out)
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
			if err := unix.Mount("tmpfs", filepath.Join(p.Dir, "d"), "tmpfs", 0, ""); err != nil {
				t.Error(err)
				return
			}
			if out, status := p.Nono("run", "--ephemeral", "--allow", p.Dir, "--", "true"); status != 125 || !strings.Contains(out, "another file system is mounted within it") {
				t.Errorf("%d: %s", status, out)
			}
		})
	})
}

// Names and contents of the command's making do not reach the terminal raw.
func TestHostileNames(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run(`printf 'x\033[2Jy\n' > "$(printf 'n\033]0;t\007\nm')"; ln -s /etc/passwd "$(printf 'l\033[31m')"`)
		c := p.Command("script", "-qec", fmt.Sprintf("%s diff --no-pager; %s diff --stat --no-pager", p.Suite.Path("nono"), p.Suite.Path("nono")), "/dev/null")
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
