package undo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv/tree"
)

// The test binary is also the process that is killed: it undoes, or it runs.
const (
	undoVar = "NONO_TEST_UNDO"
	runVar  = "NONO_TEST_RUN"
)

func TestMain(m *testing.M) {
	var err error
	switch {
	case os.Getenv(undoVar) != "":
		err = undoChild(os.Getenv(undoVar), os.Getenv("ROOT"))
	case os.Getenv(runVar) != "":
		err = runChild(os.Getenv(runVar), os.Getenv("ROOT"))
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func undoChild(dir, root string) error {
	h, err := Read(dir, []string{root})
	if err == nil {
		_, err = h.Undo(nil, false)
	}
	return err
}

func runChild(dir, root string) error {
	j, err := New(dir, 1<<30)
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		return err
	}
	a := &actor{Rand: rand.New(rand.NewPCG(seed, 2)), j: j, root: root}
	for i := range 40 {
		a.one(i)
	}
	return j.End()
}

// changing are the calls by which an undo, or a run, changes something; strace knows not
// all under each version.
const changing = "renameat,renameat2,unlinkat,mkdirat,linkat,symlinkat,mknodat,?fchmodat,?fchmodat2,?chmod,fchownat,utimensat,?setxattr,?removexattr,ftruncate,?write,?pwrite64,?syncfs,?fsync"

// killed runs this test binary and kills it at the nth call of this name. It reports
// whether there were so many.
func killed(t *testing.T, call string, n int, env ...string) bool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n), self)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err == nil {
		return false
	}
	e, ok := err.(*exec.ExitError)
	if status, is := e.Sys().(syscall.WaitStatus); !ok || is && status.Exited() && status.ExitStatus() != 137 {
		t.Fatalf("killed at %s %d: %v: %s", call, n, err, out)
	}
	return true
}

func needStrace(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	if testing.Short() {
		t.Skip("short")
	}
}

// disturb does with the scene what makes undo do each of its steps.
func disturb(a *actor) {
	at := func(name string) string { return filepath.Join(a.root, name) }
	a.setxattr(at("dir/a"), "is")
	a.chmod(at("dir/a"), 0)
	a.write(at("a"), "other", 0)
	a.write(at("sub/b"), strings.Repeat("longer\n", 30000), 0)
	a.remove(at("b"))
	a.remove(at("dir/b"))
	a.remove(at("dir/c"))
	a.rename(at("sub"), at("moved"), 0)
	a.mkdir(at("sub"))
	a.write(at("sub/new"), "new", 0)
	a.rename(at("moved/dir"), at("sub/dir"), 0)
	a.rename(at("sub/dir/c"), at("c"), 0)
	a.rename(at("dir/with space"), at("dir/a"), 0)
	a.rename(at("dir/sub/new\nline"), at("dir/sub/\xff"), 1<<1)
	a.chmod(at("dir/sub"), 0o500)
	a.chmod(at("c"), 0o400)
	a.setxattr(at("c"), "is")
	for _, name := range []string{"dir/sub/new\nline", "dir/sub/\xff", "dir/sub"} {
		a.remove(at(name))
	}
	a.symlink(at("dir/sub"))
}

// An undo that is killed at any of its calls goes on at the next call, and the tree is
// as before the run.
func TestUndoKilled(t *testing.T) {
	needStrace(t)
	other := otherFS(t)
	calls := changing
	if os.Getenv("NONO_LONG") != "" {
		calls += ",?openat,?openat2"
	}
	for _, storeIn := range []string{"", other} {
		for call := range strings.SplitSeq(calls, ",") {
			for n := 1; ; n++ {
				dir := filepath.Join(storeIn, fmt.Sprint(call, n))
				if storeIn == "" {
					dir = t.TempDir()
				}
				if !killUndo(t, dir, call, n) {
					t.Logf("%s: %d calls", call, n-1)
					break
				}
			}
		}
	}
}

func killUndo(t *testing.T, storeIn, call string, n int) bool {
	a, dir := scene(t, storeIn)
	before := tree.Snapshot(t, a.root)
	disturb(a)
	if err := a.j.End(); err != nil {
		t.Fatal(err)
	}
	a.j.Close()
	if !killed(t, call, n, undoVar+"="+dir, "ROOT="+a.root) {
		return false
	}
	// Killed before it began, it is a first undo; else it goes on. Twice, since a third
	// has nothing to do any more.
	h, err := Read(dir, []string{a.root})
	if err != nil {
		t.Fatalf("killed at %s %d: %v", call, n, err)
	}
	out, err := h.Undo(nil, false)
	if err != nil {
		t.Fatalf("killed at %s %d, the next undo: %v", call, n, err)
	}
	if len(out.Left)+len(out.Lost) > 0 {
		t.Errorf("killed at %s %d: %+v", call, n, out)
	}
	os.RemoveAll(dir)
	if got := tree.Snapshot(t, a.root); got != before {
		t.Fatalf("killed at %s %d, the next undo gives another tree:\n%s", call, n, tree.Difference(before, got))
	}
	os.RemoveAll(filepath.Dir(a.root))
	return true
}

// A run that is killed at any of its calls can be undone, by force, since it could not
// say how it left things.
func TestRunKilled(t *testing.T) {
	needStrace(t)
	for call := range strings.SplitSeq("?write,?openat,renameat2,unlinkat,mkdirat,linkat,mknodat,?syncfs", ",") {
		for n := 1; ; n++ {
			if !killRun(t, call, n) {
				t.Logf("%s: %d calls", call, n-1)
				break
			}
		}
	}
}

func killRun(t *testing.T, call string, n int) bool {
	a, dir := scene(t, t.TempDir())
	a.j.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	os.Mkdir(dir, 0o700)
	before := tree.Snapshot(t, a.root)
	if !killed(t, call, n, runVar+"="+dir, "ROOT="+a.root, "SEED=7") {
		return false
	}
	defer os.RemoveAll(filepath.Dir(a.root))
	h, err := Read(dir, []string{a.root})
	if missing(err) || err != nil && before == tree.Snapshot(t, a.root) {
		return true // before the journal had its first line
	}
	if err != nil {
		t.Fatalf("killed at %s %d: %v", call, n, err)
	}
	out, err := h.Undo(nil, true)
	if err != nil || len(out.Left)+len(out.Lost) > 0 {
		t.Fatalf("killed at %s %d: %v, %+v", call, n, err, out)
	}
	os.RemoveAll(dir)
	if got := tree.Snapshot(t, a.root); got != before {
		t.Fatalf("killed at %s %d, undo gives another tree:\n%s", call, n, tree.Difference(before, got))
	}
	return true
}
