package testenv

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Nobody is the user and group that root's tests use for an ordinary user. No
// account need exist for it.
const Nobody = 65534

// A User is somebody to run programs as.
type User struct {
	Name string // "root" or "user"
	UID  int
	cred *syscall.Credential // nil for whoever runs the tests
}

// Root reports whether u is root.
func (u User) Root() bool { return u.UID == 0 }

// AsUsers runs f in a subtest for root and in one for an ordinary user. Where
// the tests run as an ordinary user, it runs f for that one alone and says so.
func AsUsers(t *testing.T, f func(t *testing.T, u User)) {
	if uid := os.Geteuid(); uid != 0 {
		t.Logf("not run as root: only root's tests run for root")
		t.Run("user", func(t *testing.T) { f(t, User{Name: "user", UID: uid}) })
		return
	}
	t.Run("root", func(t *testing.T) { f(t, User{Name: "root"}) })
	t.Run("user", func(t *testing.T) {
		f(t, User{Name: "user", UID: Nobody, cred: &syscall.Credential{Uid: Nobody, Gid: Nobody}})
	})
}

// Ordinary returns an ordinary user: the one who runs the tests, or another where
// that is root.
func Ordinary() User {
	if uid := os.Geteuid(); uid != 0 {
		return User{Name: "user", UID: uid}
	}
	return User{Name: "user", UID: Nobody, cred: &syscall.Credential{Uid: Nobody, Gid: Nobody}}
}

// Command returns a command that is to run as u, from the root directory.
func (u User) Command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: u.cred}
	return cmd
}

// Dir returns a new directory of u that everybody can search, beneath a path
// without symlinks, and removes it when the test ends.
func (u User) Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nono-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeAll(t, dir) })
	if dir, err = realPath(dir); err == nil {
		err = openTo(dir)
	}
	if err == nil && u.cred != nil {
		err = os.Chown(dir, int(u.cred.Uid), int(u.cred.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Own gives paths, which the test made, to u.
func (u User) Own(t testing.TB, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if u.cred == nil {
			return
		}
		if err := os.Lchown(p, int(u.cred.Uid), int(u.cred.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// AsNobody runs f on a thread of its own that has become an ordinary user, and
// ends with it. f must not start goroutines that need to be that user, nor call
// t.FailNow.
func AsNobody(t testing.TB, f func()) {
	t.Helper()
	RequireRoot(t, "become another user")
	OnThread(t, func() error {
		// Raw calls: the syscall package's would change every thread.
		for _, c := range [][4]uintptr{
			{unix.SYS_SETGROUPS, 0, 0, 0},
			{unix.SYS_SETRESGID, Nobody, Nobody, Nobody},
			{unix.SYS_SETRESUID, Nobody, Nobody, Nobody},
		} {
			if _, _, errno := unix.RawSyscall(c[0], c[1], c[2], c[3]); errno != 0 {
				return errno
			}
		}
		return nil
	}, f)
}

// PrivateMounts runs f on a thread of its own whose mounts are seen by nothing
// else and end with it. The same holds for f as in AsNobody.
func PrivateMounts(t testing.TB, f func()) {
	t.Helper()
	RequireRoot(t, "mount")
	OnThread(t, func() error {
		if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
			return err
		}
		return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	}, f)
}

// OnThread runs f on a thread of its own, which setup has made different from
// the others for good, so that it ends with f. It skips the test if setup fails.
func OnThread(t testing.TB, setup func() error, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		defer close(done)
		if err := setup(); err != nil {
			done <- err
			return
		}
		f()
	}()
	if err := <-done; err != nil {
		t.Skipf("the thread cannot be set up: %v", err)
	}
}
