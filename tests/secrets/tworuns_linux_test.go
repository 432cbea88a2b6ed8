package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// What one run leaves is not what asks for, or is, the secret of the next: a program by
// the name of a manager or of what a manager starts, a file, a symlink, an interpreter.
// Each is tried with the project granted again and with the project granted to read only,
// since the next run need not be granted what the first was.
func TestTwoRuns(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	s := suite.Build(t, suite.Newest)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		w := newWorld(t, u, s)
		marker := filepath.Join(w.home, "escaped")
		must(t, os.WriteFile(filepath.Join(w.home, "key"), []byte("a key\n"), 0o600))
		u.Own(t, filepath.Join(w.home, "key"))
		venv := filepath.Join(w.project, ".venv/bin")
		must(t, os.Symlink(venv, filepath.Join(w.home, "tools")))
		w.env = []string{"HOME=" + w.home, "TMPDIR=" + w.tmp, "LC_ALL=C.UTF-8", "SHELL=/bin/sh",
			"PATH=" + venv + ":" + w.home + "/tools:.venv/bin::" + w.suite.Dir + ":" + w.bin + ":/usr/bin:/bin"}
		w.script(filepath.Join(w.bin, "pass"), "helper")
		w.script(filepath.Join(w.bin, "helper"), "echo honest")
		// The first run.
		_, errs, status := w.nono("--allow-command", "chmod", "--", "sh", "-euc", `mkdir -p .venv/bin
			for name in pass helper gopass sh; do
				printf '#!/bin/sh\ntouch '"$0"' 2>/dev/null; echo laid\n' >.venv/bin/$name; chmod +x .venv/bin/$name
			done
			printf '#!%s/.venv/bin/sh\necho laid\n' "$PWD" >script; chmod +x script
			ln -s ../home/key laid-key
			ln -s ../home laid-home
			ln -s .venv/bin/pass tool`, marker)
		if status != 0 {
			t.Fatal(errs)
		}
		w.script(filepath.Join(w.bin, "borrowed"), "")
		must(t, os.WriteFile(filepath.Join(w.bin, "borrowed"), []byte("#!"+venv+"/sh\necho laid\n"), 0o755))
		for _, grant := range []string{"--allow", "--read"} {
			ask := func(source string) (out, errs string, status int) {
				return w.run("nono-run", "--silent", grant, w.project, "--secret", "TOKEN="+source, "--", "/bin/sh", "-c", `echo "$TOKEN"`)
			}
			if out, errs, _ := ask("pass:x"); out != "honest\n" {
				t.Errorf("%s: pass: %q %q", grant, out, errs)
			}
			refused := []string{"gopass:x"}
			if grant == "--allow" {
				refused = append(refused, "exec:"+w.project+"/script", "exec:"+w.project+"/tool", "exec:"+w.home+"/tools/pass", "exec:borrowed",
					"file:"+w.project+"/laid-key", "file:"+w.project+"/laid-home/key", "file:"+w.project+"/script")
			}
			for _, source := range refused {
				out, errs, status := ask(source)
				if status != 125 || out != "" || !strings.Contains(errs, "an earlier run may have left it there") && !strings.Contains(errs, "a command in a sandbox may have left") {
					t.Errorf("%s %s: %q %q, status %d", grant, source, out, errs, status)
				}
			}
			if _, err := os.Lstat(marker); err == nil {
				t.Errorf("%s: what the first run has left was started outside", grant)
				os.Remove(marker)
			}
		}
		// The controls: what was left works outside, and its names lead where they should.
		if out, errs, _ := w.run(filepath.Join(venv, "pass")); out != "laid\n" {
			t.Errorf("%q %q", out, errs)
		}
		if _, err := os.Lstat(marker); err != nil {
			t.Error("it has no effect outside either")
		}
		if out := w.sh("pass; cat " + w.project + "/laid-key"); !strings.HasPrefix(out, "laid\n") || !strings.HasSuffix(out, "a key\n") {
			t.Errorf("outside: %q", out)
		}
	})
}
