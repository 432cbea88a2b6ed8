package ephemeral

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary is also the child that changes things within the overlay: it mounts
// the run's layers, does random operations and prints what it then sees.
const childVar = "NONO_TEST_EPHEMERAL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVar); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(keepVar); dir != "" {
		if err := keepChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(dir string) error {
	r, err := OpenDir(dir)
	if err != nil {
		return err
	}
	runtime.LockOSThread() // privileges are a thread's
	if err := r.Mount(); err != nil {
		return err
	}
	if inUserNamespace() {
		if err := dropCapabilities(); err != nil {
			return err
		}
	}
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		return err
	}
	if script := os.Getenv("SCRIPT"); script != "" {
		c := exec.Command("sh", "-ec", script)
		c.Dir, c.Stderr = r.Trees[0].Path, os.Stderr
		if err := c.Run(); err != nil {
			return err
		}
	} else {
		newOps(seed, r.Trees[0].Path).run(60)
	}
	fmt.Print(describe(r.Trees[0].Path))
	return nil
}

// dropCapabilities takes from this thread, and the programs that it starts, what a command
// in a user namespace does not have either.
func dropCapabilities() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&head, &none[0])
}

// inside runs the child in a mount namespace of its own and returns what it saw.
func inside(t *testing.T, r *Run, userns bool, env ...string) string {
	t.Helper()
	c := exec.Command("/proc/self/exe")
	c.Env = append(os.Environ(), append(env, childVar+"="+r.Dir)...)
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if userns {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		// As nono-overlay does: the kernel works in the layers with these.
		c.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_CHOWN}
	}
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("the child: %v", err)
	}
	return withLinks(string(out), r.upper(0), r.Trees[0].Path)
}

// ways are the two ways of mounting: as an ordinary user does it, and as root may.
func ways(t *testing.T, f func(t *testing.T, userns bool)) {
	t.Run("user namespace", func(t *testing.T) {
		c := exec.Command("true")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER}
		if err := c.Run(); err != nil {
			t.Skip("no user namespace can be made here:", err)
		}
		f(t, true)
	})
	t.Run("root", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("only root mounts without a user namespace")
		}
		f(t, false)
	})
}

// forget removes the entry of the store when the test ends: the kernel makes a directory
// there that its owner may not list.
func forget(t *testing.T, r *Run) {
	t.Cleanup(func() { removeEntry(r) })
}

func removeEntry(r *Run) {
	if store, err := openRoot(filepath.Dir(r.Dir)); err == nil {
		removeAll(store, r.ID)
		store.close()
	}
}

// removable lets the test remove, at its end, the directories that their owner may not change.
func removable(t *testing.T, root string) {
	t.Cleanup(func() {
		filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				os.Chmod(path, 0o700)
			}
			return nil
		})
	})
}

// What the run threw away must leave the original as it was; what it keeps must be what
// the command saw.
func TestRandomOperations(t *testing.T) {
	first, rounds := uint64(0), 12
	if os.Getenv("NONO_LONG") != "" {
		first, rounds = rand.Uint64(), 400
	}
	if n, err := strconv.ParseUint(os.Getenv("NONO_SEED"), 10, 64); err == nil {
		first = n // to see again what such a run found
	}
	ways(t, func(t *testing.T, userns bool) {
		for i := range rounds {
			seed := first + uint64(i)
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { randomRound(t, userns, seed) })
		}
	})
}

func randomRound(t *testing.T, userns bool, seed uint64) {
	base := t.TempDir()
	original := filepath.Join(base, "original")
	os.Mkdir(original, 0o755)
	removable(t, original)
	newOps(seed^0xabcdef, original).run(40)
	before := snapshot(original)
	store := Store{Dir: filepath.Join(base, "store")}
	start := func() *Run {
		r, err := store.Create([]string{"test"}, original, []Tree{{Path: original}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		forget(t, r)
		return r
	}
	env := "SEED=" + strconv.FormatUint(seed, 10)

	r := start()
	saw := inside(t, r, userns, env)
	if now := snapshot(original); now != before {
		t.Fatalf("the run changed the original:\n%s", difference(before, now))
	}
	if _, err := r.Discard(nil); err != nil {
		t.Fatal(err)
	}
	if now := snapshot(original); now != before {
		t.Fatalf("discard changed the original:\n%s", difference(before, now))
	}
	if left, _ := os.ReadDir(store.Dir); len(left) != 0 {
		t.Fatalf("discard left %v", left)
	}

	r = start()
	if again := inside(t, r, userns, env); stripTimes(again) != stripTimes(saw) {
		t.Fatalf("the second run saw something else:\n%s", difference(stripTimes(saw), stripTimes(again)))
	} else {
		saw = again
	}
	changes, err := r.Changes()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Conflict != "" {
			t.Errorf("%s %s: %s", c.Path, c.Kind, c.Conflict)
		}
	}
	if _, err := r.Keep(nil, false); err != nil {
		t.Fatal(err)
	}
	if now := snapshot(original); now != saw {
		t.Fatalf("keep gave something else than the command saw:\n%s", difference(saw, now))
	}
	if left, err := r.Changes(); err != nil || len(left) != 0 {
		t.Fatalf("after keep there are changes: %v, %v", left, err)
	}
}

// stripTimes leaves the times out, which differ between two runs of the same operations.
func stripTimes(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if q, err := strconv.QuotedPrefix(l); err == nil {
			f := strings.SplitN(l[len(q):], " ", 5)
			if len(f) > 3 {
				f[3] = ""
			}
			lines[i] = q + strings.Join(f, " ")
		}
	}
	return strings.Join(lines, "\n")
}

func difference(want, got string) string {
	in := map[string]int{}
	for _, l := range strings.Split(want, "\n") {
		in["- "+l]++
	}
	var out []string
	for _, l := range strings.Split(got, "\n") {
		if in["- "+l] > 0 {
			in["- "+l]--
		} else {
			out = append(out, "+ "+l)
		}
	}
	for l, n := range in {
		if n > 0 {
			out = append(out, l)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i][2:] < out[j][2:] })
	return strings.Join(out, "\n")
}
