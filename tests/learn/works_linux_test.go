package learn

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A work is something that people do with well-known programs.
type work struct {
	name    string
	needs   []string
	prepare string // outside of any sandbox, in the project
	script  string // prints what came of it
	lines   []string
	long    bool // takes long, or the network
}

var works = []work{
	{name: "git", needs: []string{"git"},
		prepare: `git init -q; git config user.email a@example.org; git config user.name a; echo a >a`,
		script:  `git add -A && git commit -qm one && git log --format=%s && git checkout -qb b && git gc -q && git status --short; git fsck 2>&1`,
		lines:   []string{"workdir readwrite", "net-block"}},
	{name: "make", needs: []string{"make", "gcc"},
		prepare: `printf 'all: a\n\t./a\na: a.o b.o\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O -c $<\n' >Makefile
printf '#include <stdio.h>\nint b(void);int main(){printf("%%d\\n", b());}' >a.c; printf 'int b(void){return 7;}' >b.c`,
		script: `make`, lines: []string{"workdir readwrite", "net-block"}},
	{name: "pytest", needs: []string{"/usr/bin/pytest"},
		prepare: `printf 'def test_a(tmp_path):\n    (tmp_path/"x").write_text("1")\n    assert 1\n' >test_a.py`,
		script:  `/usr/bin/python3 -m pytest -q 2>&1 | sed 's/ in [0-9.]*s//'`, lines: []string{"net-block"}},
	{name: "java", needs: []string{"javac", "jar", "make"},
		prepare: `printf 'public class A { public static void main(String[] a) { System.out.println(7); } }' >A.java; mkdir out
printf 'all: a.jar\n\tjava -cp a.jar A\na.jar: A.java\n\tjavac -d out A.java\n\tjar cf a.jar -C out .\n' >Makefile`,
		script: `make 2>/dev/null`, lines: []string{"workdir readwrite"}},
	{name: "go", needs: []string{"go", "sed"}, long: true,
		prepare: `printf 'module example.org/x\ngo 1.24\n' >go.mod; printf 'package x\nimport "testing"\nfunc TestX(t *testing.T) { t.TempDir() }\n' >x_test.go`,
		script:  `go test ./... 2>&1 | sed 's/[0-9.]*s$//'`, lines: []string{"profile go"}},
	{name: "npm", needs: []string{"npm"}, long: true,
		prepare: `printf '{"name":"x","version":"1.0.0","dependencies":{"is-odd":"3.0.1"}}' >package.json; npm install --package-lock-only >/dev/null`,
		script:  `npm ci >/dev/null 2>&1; echo $?; ls node_modules; node -e 'console.log(require("is-odd")(3))'`,
		lines:   []string{"profile node", "workdir readwrite"}},
	{name: "pnpm", needs: []string{"pnpm"}, long: true,
		prepare: `printf '{"name":"x","version":"1.0.0","dependencies":{"is-odd":"3.0.1"}}' >package.json; pnpm install --lockfile-only >/dev/null`,
		script:  `pnpm install --frozen-lockfile >/dev/null 2>&1; echo $?; ls node_modules; node -e 'console.log(require("is-odd")(3))'`,
		lines:   []string{"profile node", "workdir readwrite"}},
	{name: "cargo", needs: []string{"cargo"}, long: true,
		prepare: `cargo --version >/dev/null; mkdir src; printf '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml; printf '#[test] fn a() { assert!(true) }' >src/lib.rs`,
		script:  `cargo test -q 2>&1 | sed 's/in [0-9.]*s//'`, lines: []string{"workdir readwrite"}},
}

// What was learned in one home runs the same work in another, with the same outcome,
// in at most 40 lines, and grants nothing that is protected.
func TestWorks(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, w := range works {
			t.Run(w.name, func(t *testing.T) {
				if (w.long || u.UID == 0 && w.name != "git") && !suite.Long() {
					t.Skip("takes long: NONO_LONG=1")
				}
				for _, program := range w.needs {
					if _, err := exec.LookPath(program); err != nil {
						t.Skip(program + " is not installed")
					}
				}
				w.learn(t, u)
			})
		}
	})
}

func (w *work) learn(t *testing.T, u testenv.User) {
	p := newPerson(t, u)
	if w.name == "cargo" {
		// rustup keeps the compilers in the home of who has installed it.
		home, _ := os.UserHomeDir()
		p.env = []string{"RUSTUP_HOME=" + cmp.Or(os.Getenv("RUSTUP_HOME"), filepath.Join(home, ".rustup"))}
		if _, _, status := p.start("/bin/sh", "-c", "cargo --version"); status != 0 {
			t.Skip("this user has no cargo")
		}
	}
	p.shell(w.prepare)
	want, stderr, status := p.run("nono-learn", "--output", "learned", "--", "sh", "-c", w.script)
	if status != 0 || want == "" {
		t.Fatalf("learning: %d\n%s%s", status, want, stderr)
	}
	lines, text := p.profile("learned")
	if len(lines) > 40 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range w.lines {
		if !has(lines, line) {
			t.Errorf("the line %q is missing", line)
		}
	}
	p.fresh()
	p.shell(w.prepare)
	// The control: without the profile, that work is not done.
	if bare, _, status := p.run("nono-run", "--silent", "--net-block", "--", "sh", "-c", w.script); status == 0 && bare == want {
		t.Errorf("it runs without anything granted, and so shows nothing")
	}
	p.fresh()
	p.shell(w.prepare)
	got, stderr, status := p.run("nono-run", "--silent", "--profile", "learned", "--allow-cwd", "--", "sh", "-c", w.script)
	if status != 0 || got != want {
		t.Errorf("with the profile alone: %d\n%s%s\ninstead of\n%s", status, got, stderr, want)
	}
	p.grantsNoSecret("learned")
	if t.Failed() {
		t.Log(text)
	}
	if strings.Contains(text, "SECRET") {
		t.Error("the profile has a secret in it")
	}
}
