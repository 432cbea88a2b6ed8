package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestAdd: a line is added whole and once, and read back as the path that it is about.
func TestAdd(t *testing.T) {
	home := t.TempDir()
	env := Env{Getenv: func(name string) string { return map[string]string{"HOME": home}[name] }, UID: os.Getuid(), Workdir: "/"}
	for _, path := range []string{"/plain", "/a b", "/with#sign", "/quote\"d", "/ends:5m", "/ü"} {
		for range 2 {
			if _, err := Add("mine", "read-file", path, env); err == nil {
				t.Fatal("a profile was made that is none of nono's")
			}
		}
	}
	dir := filepath.Join(home, ".config/nono/profiles")
	must(t, os.MkdirAll(dir, 0o755))
	mine := filepath.Join(dir, "mine.profile")
	must(t, os.WriteFile(mine, []byte("# mine"), 0o644))
	want := []string{}
	for _, path := range []string{"/plain", "/a b", "/with#sign", "/quote\"d", "/ends:5m", "/ü"} {
		for range 2 {
			if _, err := Add("mine", "read-file", path, env); err != nil {
				t.Fatal(err)
			}
		}
		want = append(want, path)
	}
	p, err := Load([]string{"mine"}, Words{"read-file": TimedPath}, env)
	must(t, err)
	if len(p.Lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(p.Lines), len(want))
	}
	for i, l := range p.Lines {
		if strings.TrimSuffix(l.Value, ":always") != want[i] || strings.HasSuffix(l.Value, ":always") != strings.HasSuffix(want[i], ":5m") {
			t.Errorf("%q is read back as %q", want[i], l.Value)
		}
	}
	for _, path := range []string{"/new\nline", "/\xff", "/of/$HOME", "/\x1b[m"} {
		if _, err := Add("mine", "read-file", path, env); err == nil {
			t.Errorf("%q was written", path)
		}
	}
}

// A host is written as it is, also where it ends as a time does.
func TestAddHost(t *testing.T) {
	home := t.TempDir()
	env := Env{Getenv: func(name string) string { return map[string]string{"HOME": home}[name] }, UID: os.Getuid(), Workdir: "/"}
	dir := filepath.Join(home, ".config/nono/profiles")
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "mine.profile"), []byte("# mine\n"), 0o644))
	hosts := []string{"good.example:443", "good.example", "2001:db8::1d", "[2001:db8::1d]:443"}
	for _, host := range hosts {
		if _, err := Add("mine", "host", host, env); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Load([]string{"mine"}, Words{"host": Text}, env)
	must(t, err)
	for i, l := range p.Lines {
		if l.Value != hosts[i] {
			t.Errorf("%q is read back as %q", hosts[i], l.Value)
		}
	}
	if len(p.Lines) != len(hosts) {
		t.Errorf("%d lines, want %d", len(p.Lines), len(hosts))
	}
}

// On a full disk the profile stays as it is, and nothing is left beside it.
func TestAddOnAFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("root alone mounts a small file system")
	}
	home := t.TempDir()
	dir := filepath.Join(home, ".config/nono/profiles")
	must(t, os.MkdirAll(dir, 0o755))
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8k,mode=755"); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	defer unix.Unmount(dir, 0)
	env := Env{Getenv: func(name string) string { return map[string]string{"HOME": home}[name] }, UID: 0, Workdir: "/"}
	mine := filepath.Join(dir, "mine.profile")
	must(t, os.WriteFile(mine, []byte(strings.Repeat("# a long line of a comment\n", 200)), 0o644))
	before, _ := os.ReadFile(mine)
	_, err := Add("mine", "read", "/x", env)
	if err == nil || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("the error is %v", err)
	}
	after, _ := os.ReadFile(mine)
	if string(after) != string(before) {
		t.Error("the profile has changed")
	}
	if all, _ := os.ReadDir(dir); len(all) != 1 {
		t.Errorf("%d files are there", len(all))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
