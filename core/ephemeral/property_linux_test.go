package ephemeral

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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
	if err := r.Mount(); err != nil {
		return err
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
	fmt.Print(snapshot(r.Trees[0].Path))
	return nil
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
		c.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN}
	}
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("the child: %v", err)
	}
	return string(out)
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

// What the run threw away must leave the original as it was; what it keeps must be what
// the command saw.
func TestRandomOperations(t *testing.T) {
	rounds := 12
	if os.Getenv("NONO_LONG") != "" {
		rounds = 400
	}
	ways(t, func(t *testing.T, userns bool) {
		for i := range rounds {
			seed := uint64(i)
			if os.Getenv("NONO_LONG") != "" {
				seed = rand.Uint64()
			}
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { randomRound(t, userns, seed) })
		}
	})
}

func randomRound(t *testing.T, userns bool, seed uint64) {
	base := t.TempDir()
	original := filepath.Join(base, "original")
	os.Mkdir(original, 0o755)
	newOps(seed^0xabcdef, original).run(40)
	before := snapshot(original)
	store := Store{Dir: filepath.Join(base, "store")}
	start := func() *Run {
		r, err := store.Create([]string{"test"}, original, []Tree{{Path: original}}, nil)
		if err != nil {
			t.Fatal(err)
		}
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

// snapshot describes all that is beneath root: kinds, modes, owners, times, contents,
// links, attributes, and which names are one file.
func snapshot(root string) string {
	var b strings.Builder
	groups := map[uint64]int{}
	filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			fmt.Fprintf(&b, "%q: %v\n", rel, err)
			return nil
		}
		fmt.Fprintf(&b, "%q %o %d:%d %d.%09d", rel, st.Mode, st.Uid, st.Gid, st.Mtim.Sec, st.Mtim.Nsec)
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFLNK:
			to, _ := os.Readlink(path)
			fmt.Fprintf(&b, " -> %q", to)
		case unix.S_IFREG:
			data, err := os.ReadFile(path)
			sum := sha256.Sum256(data)
			fmt.Fprintf(&b, " %d %s %v", st.Size, hex.EncodeToString(sum[:4]), err)
			if st.Nlink > 1 {
				if groups[st.Ino] == 0 {
					groups[st.Ino] = len(groups) + 1
				}
				fmt.Fprintf(&b, " link %d", groups[st.Ino])
			}
			v, _ := read(func(x []byte) (int, error) { return unix.Lgetxattr(path, "user.test", x) })
			fmt.Fprintf(&b, " %q", v)
		}
		b.WriteByte('\n')
		return nil
	})
	return b.String()
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
