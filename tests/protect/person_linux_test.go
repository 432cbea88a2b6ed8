package protect

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A person is somebody with a home to run programs as.
type person struct {
	home string
	uid  int
	cred *syscall.Credential // nil for whoever runs the tests
}

// people runs f for root, with a scratch directory as the home, and for an
// ordinary user whose account and home are made for the test and removed again.
// Not run as root, it does so for this user alone and says so.
func people(t *testing.T, f func(t *testing.T, p person)) {
	if os.Geteuid() != 0 {
		t.Log("not run as root: only this user's tests run")
		t.Run("user", func(t *testing.T) { f(t, person{home: scratch(t), uid: os.Geteuid()}) })
		return
	}
	t.Run("root", func(t *testing.T) { f(t, person{home: scratch(t)}) })
	t.Run("user", func(t *testing.T) { f(t, account(t)) })
}

// scratch returns a new directory, by a path without symlinks, that everybody
// can search. It is in memory where that can be: thousands of small files are
// made in it.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory, "nono-protect-")
	if err != nil {
		dir, err = os.MkdirTemp("", "nono-protect-")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if dir, err = filepath.EvalSymlinks(dir); err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// memory is a file system without a disk, on most machines.
const memory = "/dev/shm"

// account makes an account with a home, as an administrator would.
func account(t *testing.T) person {
	t.Helper()
	if _, err := exec.LookPath("useradd"); err != nil {
		t.Skip("no useradd here: an account for an ordinary user cannot be made")
	}
	name := "nonoprot" + strconv.Itoa(os.Getpid()%100000)
	add := []string{"-m", "-k", "/var/empty", "-s", "/bin/sh", "-d", filepath.Join(scratch(t), name), name}
	if out, err := exec.Command("useradd", add...).CombinedOutput(); err != nil {
		t.Skipf("useradd: %v %s", err, out)
	}
	t.Cleanup(func() {
		// -r would complain about a mail spool that was never made.
		if out, err := exec.Command("userdel", "-r", "-f", name).CombinedOutput(); err != nil && !strings.Contains(string(out), "mail spool") {
			t.Errorf("userdel: %v %s", err, out)
		}
	})
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return person{home: u.HomeDir, uid: uid, cred: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// command is to run as the person, from the home, with an environment of the
// person's own; further assignments come last.
func (p person) command(env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = p.home
	cmd.Env = append([]string{"HOME=" + p.home, "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.cred}
	return cmd
}

// own gives everything beneath the home to the person.
func (p person) own(t *testing.T) {
	t.Helper()
	if p.cred == nil {
		return
	}
	err := filepath.WalkDir(p.home, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(p.cred.Uid), int(p.cred.Gid))
	})
	if err != nil {
		t.Fatal(err)
	}
}
