package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// install runs packaging/install with stand-ins for the binaries.
func install(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("sh", append([]string{filepath.Join(root, "packaging/install")}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("packaging/install %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func binaries(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"nono-run", "nono-why", "nono-exec-shim"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tree returns all that is in dir but directories, by its path from there.
func tree(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	files := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		files[strings.TrimPrefix(path, dir+"/")] = info.Mode()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInstallAndUninstall(t *testing.T) {
	dest := t.TempDir()
	// What others have installed stays, and so does what lies behind a symlink
	// that was put where a file of ours goes.
	other := filepath.Join(dest, "usr/local/share/man/man1/other.1")
	victim := filepath.Join(dest, "victim")
	for _, f := range []string{other, victim} {
		if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, []byte("other"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dest, "usr/local/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dest, "usr/local/bin/nono")); err != nil {
		t.Fatal(err)
	}
	install(t, dest, "/usr/local", binaries(t))
	files := tree(t, dest)
	for name, mode := range map[string]fs.FileMode{
		"usr/local/bin/nono": 0o755, "usr/local/bin/nono-run": 0o755, "usr/local/bin/nono-why": 0o755,
		"usr/local/libexec/nono/nono-exec-shim": 0o755, "usr/local/share/man/man8/nono-exec-shim.8": 0o644,
		"usr/local/share/nono/nono.bash": 0o644, "usr/local/share/nono/inside/.zshrc": 0o644,
		"usr/local/share/zsh/site-functions/_nono": 0o644,
	} {
		if got, ok := files[name]; !ok || got != mode {
			t.Errorf("%s has the mode %v, not %v", name, got, mode)
		}
	}
	for name, mode := range files {
		if mode&fs.ModeSymlink != 0 {
			if _, err := os.Stat(filepath.Join(dest, name)); err != nil {
				t.Errorf("a symlink leads nowhere: %v", err)
			}
		}
	}
	if text := readPath(t, victim); text != "other" {
		t.Errorf("installing wrote through a symlink: %q", text)
	}
	if page := readPath(t, filepath.Join(dest, "usr/local/share/man/man7/nono.7")); strings.Contains(page, "/usr/share/nono") || !strings.Contains(page, "/usr/local/share/nono") {
		t.Error("nono(7) names another prefix than it is installed in")
	}
	install(t, "--remove", dest, "/usr/local")
	left := tree(t, dest)
	if len(left) != 2 || left["victim"] == 0 || left["usr/local/share/man/man1/other.1"] == 0 {
		t.Errorf("left are %v", left)
	}
	if _, err := os.Stat(filepath.Join(dest, "usr/local/share/nono")); err == nil {
		t.Error("an empty directory of ours is left")
	}
}

func TestInstallOnePackage(t *testing.T) {
	dest := t.TempDir()
	install(t, dest, "/usr", binaries(t), "nono-why")
	for name := range tree(t, dest) {
		if !strings.Contains(name, "nono-why") {
			t.Errorf("nono-why's package has %s", name)
		}
	}
}

func TestInstallWantsAnAbsolutePrefix(t *testing.T) {
	cmd := exec.Command("sh", filepath.Join(root, "packaging/install"), t.TempDir(), "usr", binaries(t))
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "PREFIX must be an absolute path") {
		t.Errorf("%v: %s", err, out)
	}
}
