package ephemeral

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const keepVar = "NONO_TEST_KEEP"

// shell runs a script in dir.
func shell(t *testing.T, dir, script string) {
	t.Helper()
	c := exec.Command("sh", "-ec", script)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
}

func keepChild(dir string) error {
	r, err := OpenDir(dir)
	if err == nil {
		_, err = r.Keep(nil, false)
	}
	return err
}

// Keep is killed at each of its system calls that change something, and called again.
// Each file of the original is then as it was or as the command left it, and at the
// end all is as the command left it.
func TestKeepKilled(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	if testing.Short() {
		t.Skip("short")
	}
	userns := os.Getuid() != 0
	other, err := os.MkdirTemp("/dev/shm", "nono-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(other)
	for _, storeIn := range []string{"", other} {
		killEverywhere(t, userns, storeIn, before, during)
		if os.Getenv("NONO_LONG") != "" && userns { // modes are nothing to root
			killEverywhere(t, userns, storeIn, beforeModes, duringModes)
		}
	}
}

func killEverywhere(t *testing.T, userns bool, storeIn, before, during string) {
	for _, call := range strings.Split(changing, ",") {
		for n := 1; ; n++ {
			dir := storeIn
			if dir == "" {
				dir = t.TempDir()
			}
			if killAt(t, play(t, userns, dir, before, during), call, n) {
				t.Logf("%s: %d calls", call, n-1)
				break
			}
		}
	}
}

// The calls by which keep changes something; strace knows not all under each version.
const changing = "renameat,renameat2,unlinkat,mkdirat,linkat,symlinkat,mknodat,?fchmodat,?fchmodat2,fchownat,utimensat,?fsetxattr,?lremovexattr,?fchmod,?chmod,?fchown,ftruncate,?write,?syncfs,?fsync"

// killAt kills keep at the nth call of this name, and reports whether there were fewer calls.
func killAt(t *testing.T, s scene, call string, n int) bool {
	t.Helper()
	old := contents(s.original)
	c := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n), "/proc/self/exe")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.Args[len(c.Args)-1] = self
	c.Env = append(os.Environ(), keepVar+"="+s.run.Dir)
	out, err := c.CombinedOutput()
	if err == nil {
		return true
	}
	if e, ok := err.(*exec.ExitError); !ok || e.ExitCode() != -1 && e.ExitCode() != 137 || ok && e.Sys().(syscall.WaitStatus).Exited() && e.ExitCode() == 1 {
		t.Fatalf("keep: %v: %s", err, out)
	}
	for name, now := range contents(s.original) {
		if was, ok := old[name]; ok && was != now && !strings.Contains(s.saw, fmt.Sprintf("%q", name)) {
			t.Errorf("killed at %s %d: %s holds %q: neither the old nor the new", call, n, name, now)
		}
	}
	if _, err := s.run.Keep(nil, false); err != nil {
		t.Fatalf("killed at %s %d, the next keep: %v", call, n, err)
	}
	if now, want := plain(snapshot(s.original)), plain(s.saw); now != want {
		t.Fatalf("killed at %s %d, the next keep:\n%s", call, n, difference(want, now))
	}
	return false
}

// contents maps the names of the regular files beneath root to what they hold.
func contents(root string) map[string]string {
	all := map[string]string{}
	filepath.Walk(root, func(path string, st os.FileInfo, err error) error {
		if err == nil && st.Mode().IsRegular() {
			b, _ := os.ReadFile(path)
			rel, _ := filepath.Rel(root, path)
			all[rel] = string(b)
		}
		return nil
	})
	return all
}

// plain leaves out what a kill may cost: the times of directories, and which names are
// one file where keep copies.
func plain(snapshot string) string {
	return strings.ReplaceAll(stripTimes(snapshot), " link 1", "")
}
