package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	for _, name := range []string{"nono", "nono-run", "nono-why", "nono-exec-shim", "nono-supervise", "nono-ask", "nono-audit", "nono-ephemeral", "nono-hook", "nono-learn", "nono-overlay", "nono-policy"} {
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

// Whatever the umask, the working directory and CDPATH are, and however odd the
// prefix is, everybody can use what is installed.
func TestInstallAnywhere(t *testing.T) {
	dest := t.TempDir()
	prefix := "/opt/a b|c&d\\e"
	cmd := exec.Command("sh", "-c", `umask 077; exec sh install "$@"`, "-", dest, prefix, binaries(t))
	cmd.Dir = filepath.Join(root, "packaging")
	elsewhere := t.TempDir()
	if err := os.MkdirAll(filepath.Join(elsewhere, "packaging"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "CDPATH="+elsewhere)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	err := filepath.WalkDir(dest+"/opt", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode()&fs.ModeSymlink == 0 && (info.Mode()&0o444 != 0o444 || info.IsDir() && info.Mode()&0o111 != 0o111) {
			t.Errorf("%s has the mode %v: not for everybody", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if page := readPath(t, dest+prefix+"/share/man/man7/nono.7"); !strings.Contains(page, prefix+"/share/nono") {
		t.Error("nono(7) does not name its prefix as it is")
	}
}

// The scripts behind make go by where they lie, not by CDPATH, and print nothing
// but what they are asked for.
func TestScriptsIgnoreCDPATH(t *testing.T) {
	elsewhere := t.TempDir()
	if err := os.MkdirAll(filepath.Join(elsewhere, "packaging"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"version", "epoch"} {
		run := func(env ...string) string {
			cmd := exec.Command("sh", "packaging/"+script)
			cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("packaging/%s: %v", script, err)
			}
			return string(out)
		}
		if plain, odd := run("CDPATH="), run("CDPATH="+elsewhere+":/"); plain != odd || strings.Count(odd, "\n") != 1 {
			t.Errorf("packaging/%s says %q, and with CDPATH %q", script, plain, odd)
		}
	}
	// No script may forget.
	scripts, err := filepath.Glob(filepath.Join(root, "packaging/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(scripts, filepath.Join(root, ".ci/run")) {
		if info, err := os.Stat(s); err != nil || info.IsDir() {
			continue
		}
		for n, line := range strings.Split(readPath(t, s), "\n") {
			if strings.HasPrefix(line, "cd \"$(dirname") {
				t.Errorf("%s:%d: CDPATH can lead this elsewhere", s, n+1)
			}
		}
	}
}

func TestInstallOnePackage(t *testing.T) {
	dest := t.TempDir()
	install(t, dest, "/usr", binaries(t), "nono-why")
	for name := range tree(t, dest) {
		if !strings.Contains(name, "nono-why") && name != "usr/libexec/nono/nono-hook" { // which it starts
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

// The pages that are installed lead to one another, and to nothing that is not there;
// every page of the book is installed.
func TestInstalledPages(t *testing.T) {
	dest := t.TempDir()
	install(t, dest, "/usr", binaries(t))
	pages, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	doc := filepath.Join(dest, "usr/share/doc/nono")
	for _, p := range append(pages, "README.md", "SECURITY.md", "CHANGELOG.md") {
		name := filepath.Base(p)
		if strings.Contains(p, "docs/") {
			name = "docs/" + name
		}
		text, err := os.ReadFile(filepath.Join(doc, name))
		if err != nil {
			t.Errorf("a page is not installed: %v", err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)\s#]+)(#[^)]*)?\)`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(doc, filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: the link %s leads nowhere when installed", name, m[1])
			}
		}
	}
}
