// Package project gives tests a user's home and a directory of work in it, and runs nono
// there as that user would.
package project

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
	"golang.org/x/sys/unix"
)

// A Project is one user's directory of work.
type Project struct {
	T     *testing.T
	Suite suite.Suite
	User  testenv.User
	Home  string
	Dir   string // the project, which is not in the home
}

// Each runs f as root and as an ordinary user, each with a project that script has filled.
func Each(t *testing.T, script string, f func(*testing.T, Project)) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) { f(t, New(t, u, script)) })
}

// New makes a project of the user.
func New(t *testing.T, u testenv.User, script string) Project {
	t.Helper()
	return In(t, u, u.Dir(t), u.Dir(t), script)
}

// In makes a project of two directories, of which it makes those that are missing.
func In(t *testing.T, u testenv.User, home, dir, script string) Project {
	t.Helper()
	for _, path := range []string{home, dir} {
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		u.Own(t, path)
	}
	p := Project{T: t, Suite: suite.Build(t, suite.Newest), User: u, Home: home, Dir: dir}
	p.Outside(script)
	return p
}

// Command is a command in the project, in an environment of its own.
func (p Project) Command(words ...string) *exec.Cmd {
	c := p.User.Command(words[0], words[1:]...)
	c.Dir = p.Dir
	c.Env = []string{"PATH=" + p.Suite.Dir + ":/usr/bin:/bin", "HOME=" + p.Home, "TMPDIR=" + p.Home, "TERM=dumb"}
	return c
}

// Outside runs a shell script without a sandbox and returns what it prints.
func (p Project) Outside(script string) string {
	p.T.Helper()
	out, err := p.Command("sh", "-ec", script).CombinedOutput()
	if err != nil {
		p.T.Fatalf("%s: %v: %s", script, err, out)
	}
	return string(out)
}

// Want wants a script outside to print this.
func (p Project) Want(script, want string) {
	p.T.Helper()
	if got := p.Outside(script); got != want {
		p.T.Errorf("%s: %q, want %q", script, got, want)
	}
}

// Nono runs a subcommand and returns what it printed on both streams, and its status.
func (p Project) Nono(words ...string) (string, int) {
	p.T.Helper()
	c := p.Command(append([]string{p.Suite.Path("nono")}, words...)...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.Run()
	return out.String(), c.ProcessState.ExitCode()
}

// Mounted makes a file system in an image of so many megabytes and mounts it until the test
// ends. It skips where the program is missing, the kernel does not know the file system, or
// this process may not mount.
func Mounted(t *testing.T, megabytes int64, mkfs string, words ...string) (at, image string) {
	t.Helper()
	testenv.RequireRoot(t, "mount a file system")
	program, err := exec.LookPath(mkfs)
	if err != nil {
		t.Skip(mkfs + " is missing")
	}
	dir := testenv.User{Name: "root"}.Dir(t)
	at, image = filepath.Join(dir, "at"), filepath.Join(dir, "image")
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, megabytes<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, append(words, image)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", mkfs, err, out)
	}
	Mount(t, at, "-o", "loop", image)
	return at, image
}

// Mount mounts at a directory until the test ends, or skips.
func Mount(t *testing.T, at string, words ...string) {
	t.Helper()
	if out, err := exec.Command("mount", append(words, at)...).CombinedOutput(); err != nil {
		t.Skipf("cannot mount %q: %v: %s", words, err, out)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}
