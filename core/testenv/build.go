package testenv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// builds holds what Build made in this process.
var builds cache

type cache struct {
	mu   sync.Mutex
	dir  string
	made map[string]built
}

type built struct {
	path   string
	output string // of a build that failed
}

// Shared names, in the environment, a directory in which the test programs of one run
// find what another of them has built, since linking the same programs for each package
// takes long. Who sets it removes the directory with the run: Go's own packages and this
// tree must not change meanwhile.
const Shared = "NONO_TEST_BUILDS"

// Build builds the command pkg, as `go build` takes it in the test's directory,
// once per process, statically and with further flags of `go build`, and
// returns the binary's path. Every user can execute it. The package's TestMain
// must use Main, which removes it.
func Build(t testing.TB, pkg string, flags ...string) string {
	t.Helper()
	b := builds.get(t, pkg, flags)
	if b.output != "" {
		t.Fatalf("go build %s %s:\n%s", strings.Join(flags, " "), pkg, b.output)
	}
	return b.path
}

// ProcessDir returns a directory for what the tests of this process share, which
// everybody can search and Main removes.
func ProcessDir(t testing.TB) string {
	t.Helper()
	builds.mu.Lock()
	defer builds.mu.Unlock()
	return builds.open(t)
}

// open makes the directory of the process where it is not made yet.
func (c *cache) open(t testing.TB) string {
	t.Helper()
	if c.made != nil {
		return c.dir
	}
	dir, err := os.MkdirTemp("", "nono-build-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.dir, c.made = dir, map[string]built{}
	return dir
}

func (c *cache) get(t testing.TB, pkg string, flags []string) built {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	dir := c.open(t)
	sum := sha256.Sum256([]byte(pkg + "\x00" + strings.Join(flags, "\x00")))
	key := hex.EncodeToString(sum[:6])
	if b, ok := c.made[key]; ok {
		return b
	}
	// A path that begins with a dot is another package in each directory.
	if shared := os.Getenv(Shared); shared != "" && !strings.HasPrefix(pkg, ".") {
		dir = shared
	}
	b := built{path: filepath.Join(dir, key, filepath.Base(pkg))}
	if err := buildOnce(b.path, pkg, flags); err != nil {
		b.output = err.Error()
	}
	c.made[key] = b
	return b
}

// buildOnce builds pkg unless another process has, for which it waits.
func buildOnce(path, pkg string, flags []string) error {
	dir := filepath.Dir(path)
	if err := errors.Join(os.MkdirAll(dir, 0o755), openTo(dir)); err != nil {
		return err
	}
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	part := path + ".part" // so that an end in the middle leaves no half of a program
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-o", part}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return errors.Join(openTo(part), os.Rename(part, path))
}

// Linked returns the packages that the command in the test's directory links on
// Linux, sorted. Go's internal ones are left out: which of them are behind the
// others is Go's own affair.
func Linked(t testing.TB) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	linked := slices.DeleteFunc(strings.Fields(string(out)), func(p string) bool { return strings.HasPrefix(p, "internal/") })
	slices.Sort(linked)
	return linked
}

// openTo lets everybody use paths, whatever the umask is.
func openTo(paths ...string) error {
	for _, p := range paths {
		if err := os.Chmod(p, 0o755); err != nil {
			return err
		}
	}
	return nil
}

func (c *cache) remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}
