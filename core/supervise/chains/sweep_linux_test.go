package chains

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What a killed supervisor left is removed, and nothing else: no pool in use, nothing that
// holds data, nothing of a process that is there.
func TestSweep(t *testing.T) {
	most, err := os.ReadFile("/proc/sys/kernel/pid_max")
	if err != nil {
		t.Fatal(err)
	}
	gone, _ := strconv.Atoi(string(most[:len(most)-1]))
	dir := t.TempDir()
	pool := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		for _, d := range []string{path, filepath.Join(path, "d0")} {
			if err := os.Mkdir(d, mode); err != nil {
				t.Fatal(err)
			}
		}
		os.WriteFile(filepath.Join(path, "f0"), nil, 0o600)
		if err := unix.Mkfifo(filepath.Join(path, "p0"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left := pool(poolPrefix+strconv.Itoa(gone+1), 0o700)
	used := pool(poolPrefix+strconv.Itoa(gone+2), 0o700)
	mine := pool(poolPrefix+strconv.Itoa(os.Getpid()), 0o700)
	open := pool(poolPrefix+strconv.Itoa(gone+3), 0o755)
	data := pool(poolPrefix+strconv.Itoa(gone+4), 0o700)
	other := pool("nono-names-"+strconv.Itoa(gone+1), 0o700)
	os.WriteFile(filepath.Join(data, "f1"), []byte("data"), 0o600)
	os.WriteFile(filepath.Join(data, "mine"), nil, 0o600)
	os.Symlink("f0", filepath.Join(data, "f2"))
	p, err := openPool(used)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p.fd)
	sweep(dir, time.Hour)
	if _, err := os.Stat(left); err != nil {
		t.Errorf("one that was just made: %v", err)
	}
	sweep(dir, 0)
	if _, err := os.Lstat(left); !os.IsNotExist(err) {
		t.Errorf("one whose process is gone: %v", err)
	}
	for _, path := range []string{used, mine, open, other} {
		if names, err := os.ReadDir(path); err != nil || len(names) != 3 {
			t.Errorf("%s: %v, %v", path, names, err)
		}
	}
	if names, _ := os.ReadDir(data); len(names) != 3 {
		t.Errorf("one with data: %v", names)
	}
}
