package temp

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// ordinary runs f as one to whom permissions apply.
func ordinary(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		testenv.AsNobody(t, f)
		return
	}
	f()
}

// plant makes what a program may leave behind in its temp: directories that
// nobody may enter or change, one deeper than there are descriptors, symlinks to
// outside.
func plant(dir, outside string) error {
	deep := dir + "/deep"
	for _, err := range []error{
		os.MkdirAll(dir+"/shut/sub", 0o700), os.WriteFile(dir+"/shut/sub/file", nil, 0o400),
		os.MkdirAll(dir+"/cache/sub", 0o700), os.WriteFile(dir+"/cache/sub/file", nil, 0o400),
		os.Symlink(outside, dir+"/link"), os.Symlink(outside, dir+"/cache/link"), unix.Mkfifo(dir+"/moved.1", 0o600),
		os.Mkdir(dir+"/\n\xff", 0o100), os.Mkdir(deep, 0o700),
		os.Chmod(dir+"/shut/sub", 0), os.Chmod(dir+"/shut", 0), os.Chmod(dir+"/cache/sub", 0o555), os.Chmod(dir+"/cache", 0o555),
	} {
		if err != nil {
			return err
		}
	}
	fd, err := unix.Open(deep, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	for range 3000 {
		if err == nil {
			err = unix.Mkdirat(fd, "d", 0o700)
		}
		next := -1
		if err == nil {
			next, err = unix.Openat(fd, "d", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		}
		if err == nil {
			err = unix.Mknodat(fd, "file", unix.S_IFREG|0o600, 0)
		}
		unix.Close(fd)
		fd = next
	}
	unix.Close(fd)
	if err == nil {
		err = os.Chmod(dir, 0)
	}
	return err
}

func TestRemove(t *testing.T) {
	base := testenv.User{Name: "own"}.Dir(t)
	if os.Geteuid() == 0 {
		if err := os.Chown(base, testenv.Nobody, testenv.Nobody); err != nil {
			t.Fatal(err)
		}
	}
	ordinary(t, func() {
		outside := base + "/outside"
		if err := os.Mkdir(outside, 0o500); err != nil {
			t.Error(err)
			return
		}
		if err := os.Mkdir(base+"/tree", 0o700); err != nil {
			t.Error(err)
			return
		}
		if err := plant(base+"/tree", outside); err != nil {
			t.Error(err)
			return
		}
		dir, err := unix.Open(base, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer unix.Close(dir)
		if err := newRemover(dir, time.Now()).remove("tree"); err == nil {
			t.Error("removed in no time")
		}
		if err := newRemover(dir, time.Now().Add(time.Minute)).remove("tree"); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(base + "/tree"); !os.IsNotExist(err) {
			t.Errorf("something is left: %v", err)
		}
		if st, err := os.Stat(outside); err != nil || st.Mode().Perm() != 0o500 {
			t.Errorf("a symlink was followed: %v %v", st, err)
		}
	})
}

func TestRemoveKeepsMounts(t *testing.T) {
	base := testenv.User{Name: "own"}.Dir(t)
	testenv.PrivateMounts(t, func() {
		for _, err := range []error{
			os.MkdirAll(base+"/tree/sub/mount", 0o700), unix.Mount("none", base+"/tree/sub/mount", "tmpfs", 0, ""),
			os.WriteFile(base+"/tree/sub/mount/file", nil, 0o600),
		} {
			if err != nil {
				t.Error(err)
				return
			}
		}
		dir, err := unix.Open(base, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer unix.Close(dir)
		if err := newRemover(dir, time.Now().Add(time.Minute)).remove("tree"); err != unix.EXDEV {
			t.Errorf("%v, want %v", err, unix.EXDEV)
		}
		if _, err := os.Lstat(base + "/tree/sub/mount/file"); err != nil {
			t.Errorf("another file system was entered: %v", err)
		}
	})
}

// start runs a shell that leads a group of its own and is gone, and returns its
// pid. What it leaves behind is ended with the test.
func start(t *testing.T, dir, script string, env ...string) int {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir, cmd.Env = dir, env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if child, err := strconv.Atoi(strings.TrimSpace(string(out))); err == nil {
		t.Cleanup(func() { syscall.Kill(child, syscall.SIGKILL) })
	}
	return cmd.Process.Pid
}

// TestSweep: a temp is kept while a process of its sandbox can be told, by its
// environment, its group or where it works, and that of another machine always.
func TestSweep(t *testing.T) {
	base := testenv.User{Name: "own"}.Dir(t)
	const leave = " sleep 60 >/dev/null 2>&1 & echo $!"
	temp := func(pid int, where, what string) string {
		dir := filepath.Join(base, fmt.Sprintf("%d.%s.%s", pid, where, what))
		for _, err := range []error{os.Mkdir(dir, 0o700), os.WriteFile(dir+".spec", nil, 0o400)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	for range sweepFrom {
		temp(start(t, "/", "exit"), place(), "gone")
	}
	keep := []string{
		temp(os.Getpid(), place(), "alive"),
		temp(start(t, "/", "exit"), "elsewhere", "other"),
		temp(start(t, "/", "env -i"+leave), place(), "group"),
	}
	gone := start(t, "/", "exit")
	work, spec := temp(gone, place(), "work"), temp(gone, place(), "spec")
	start(t, work, leave)
	start(t, "/", leave, "NONO_SPEC="+spec+".spec")
	keep = append(keep, work, spec)

	used, err := tempsInUse(base)
	if sid, e := unix.Getsid(0); err != nil || e != nil || !used.sessions[strconv.Itoa(sid)] {
		t.Errorf("the own session is not found: %v %v", err, e)
	}
	sweep(base)
	// Each sweep takes a part of a second at most, and on a busy machine leaves the rest to
	// the next run, which needs no count of left-overs once they are old.
	leftOver := func() []string {
		left, err := filepath.Glob(base + "/*.gone*")
		if err != nil {
			t.Fatal(err)
		}
		return left
	}
	if len(leftOver()) == 2*sweepFrom {
		t.Error("nothing was removed")
	}
	for tries := 0; len(leftOver()) > 0 && tries < 100; tries++ {
		for _, dir := range leftOver() {
			old := time.Now().Add(-2 * sweepAfter)
			if err := os.Chtimes(dir, old, old); err != nil {
				t.Fatal(err)
			}
		}
		sweep(base)
	}
	for _, dir := range keep {
		for _, path := range []string{dir, dir + ".spec"} {
			if _, err := os.Lstat(path); err != nil {
				t.Errorf("it was in use: %v", err)
			}
		}
	}
	if left := leftOver(); len(left) > 0 {
		t.Errorf("left: %d", len(left))
	}
}
