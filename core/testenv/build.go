package testenv

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

func (c *cache) get(t testing.TB, pkg string, flags []string) built {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		dir, err := os.MkdirTemp("", "nono-build-")
		if err == nil {
			err = os.Chmod(dir, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.dir, c.made = dir, map[string]built{}
	}
	sum := sha256.Sum256([]byte(pkg + "\x00" + strings.Join(flags, "\x00")))
	key := hex.EncodeToString(sum[:6])
	if b, ok := c.made[key]; ok {
		return b
	}
	b := built{path: filepath.Join(c.dir, key, filepath.Base(pkg))}
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-o", b.path}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.output = err.Error() + "\n" + string(out)
	} else if err := openTo(filepath.Dir(b.path), b.path); err != nil {
		b.output = err.Error()
	}
	c.made[key] = b
	return b
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
