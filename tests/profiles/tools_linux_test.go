package profiles

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A tool is what a person does in a project with one of the tool profiles.
type tool struct {
	profile string
	needs   []string          // programs that must be there
	files   map[string]string // of the project
	script  string            // for sh -e, with the project as its directory
	long    string            // what goes on behind script with NONO_LONG
	prints  string
	// needed says that it fails without the profile: the control.
	needed bool
}

var tools = []tool{
	{
		profile: "git", needs: []string{"git"},
		files: map[string]string{"a": "1\n", "../.gitconfig": "[user]\n\tname = Ann\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n"},
		script: `git init -q && git add a && git commit -qm one
			git checkout -qb side && echo 2 >b && git add b && git commit -qm two
			git checkout -q main && echo 3 >c && git add c && git commit -qm three
			git checkout -q side && git rebase -q main && git log --format='%an %s' | tr '\n' ,
			git clone -q . clone && git -C clone log --oneline | wc -l
			git stash list; git gc -q; git worktree add -q ../project/tree && git worktree remove tree && git status --short --branch`,
		prints: "Ann two,Ann three,Ann one,3\n", needed: true,
	},
	{
		profile: "node", needs: []string{"node", "npm"},
		files: map[string]string{
			"package.json":     `{"name": "top", "version": "1.0.0", "dependencies": {"local": "file:local.tgz"}, "scripts": {"start": "node -e \"console.log(require('local'))\""}}`,
			"sub/package.json": `{"name": "local", "version": "1.2.3", "main": "m.js"}`,
			"sub/m.js":         "module.exports = 'from the package'\n",
			"../.npmrc":        "//registry.example.org/:_authToken=secret\n",
		},
		script: `npm pack --silent ./sub >/dev/null && node -e "require('fs').renameSync('local-1.2.3.tgz', 'local.tgz')"
			npm install --silent --offline --no-audit --no-fund && npm start --silent && npm uninstall --silent --offline local && ls node_modules | wc -l`,
		prints: "from the package\n0\n", needed: true,
	},
	{
		profile: "python", needs: []string{"/usr/bin/python3"},
		files: map[string]string{"m.py": "print('from', __name__)\n"},
		script: `/usr/bin/python3 -m venv env && env/bin/python -m pip --version | cut -d' ' -f1
			PYTHONPATH=. env/bin/python -c 'import m, ssl, sqlite3' && env/bin/pip cache dir`,
		prints: "pip\nfrom m\n",
	},
	{
		profile: "go", needs: []string{"go"},
		files: map[string]string{
			"go.mod":    "module example.org/m\n\ngo 1.20\n",
			"m.go":      "package main\n\nfunc main() { println(\"built\") }\n",
			"m_test.go": "package main\n\nimport \"testing\"\n\nfunc TestIt(t *testing.T) { t.TempDir() }\n",
		},
		// Every cache is new: go vet and go test compile themselves and most of the library.
		script: `go build -o prog . && ./prog 2>&1 && go run . 2>&1`, long: `go vet . && go test . >/dev/null`,
		prints: "built\nbuilt\n", needed: true,
	},
	{
		profile: "rust", needs: []string{"cargo", "cc"},
		files: map[string]string{
			"Cargo.toml":  "[package]\nname = \"m\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
			"src/main.rs": "fn main() { println!(\"built\"); }\n#[test]\nfn it() {}\n",
		},
		script: `cargo build --quiet --offline && target/debug/m && cargo test --quiet --offline >/dev/null && echo '// more' >>src/main.rs && cargo run --quiet --offline`,
		prints: "built\nbuilt\n",
	},
}

func TestTools(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, tl := range tools {
			t.Run(tl.profile, func(t *testing.T) {
				w := &world{t: t, u: w.u, s: w.s, home: w.u.Dir(t)}
				w.project = w.path("project")
				w.put(tl.files)
				path, script := w.toolPath(tl.needs), tl.script
				if tl.long != "" && os.Getenv("NONO_LONG") != "" {
					script += " && " + tl.long
				}
				run := func(words ...string) (string, error) {
					cmd := w.command()
					cmd.Args = append(cmd.Args[:1], append(words, "sh", "-ec", script)...)
					cmd.Env = []string{"HOME=" + w.home, "PATH=" + path, "TMPDIR=" + w.home, "TERM=dumb", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod"}
					out, err := cmd.CombinedOutput()
					return string(out), err
				}
				if tl.needed {
					if out, err := run("--silent", "--allow", w.project, "--"); err == nil {
						t.Errorf("it needs no profile:\n%s", out)
					}
					w.put(tl.files)
				}
				out, err := run("--silent", "--profile", tl.profile, "--allow", w.project, "--")
				if err != nil || !strings.Contains(out, tl.prints) {
					t.Errorf("in the profile: %v, no %q:\n%s", err, tl.prints, out)
				}
			})
		}
	})
}

// put makes the project anew.
func (w *world) put(files map[string]string) {
	w.t.Helper()
	if err := os.RemoveAll(w.project); err != nil {
		w.t.Fatal(err)
	}
	w.dir("project")
	for name, text := range files {
		name = filepath.Join("project", name)
		w.dir(filepath.Dir(name))
		w.file(name, text)
	}
}

// toolPath is a PATH with the programs, or skips the test. Rust's lie in a home;
// they are put into this one, where the profile looks for them.
func (w *world) toolPath(programs []string) string {
	w.t.Helper()
	path := "/usr/bin:/bin"
	for _, p := range programs {
		found, err := exec.LookPath(p)
		if err != nil {
			w.t.Skipf("%s is missing", p)
		}
		if w.u.Command("test", "-x", found).Run() != nil {
			w.t.Skipf("%s is not for every user", found)
		}
		dir := filepath.Dir(found)
		if home, ok := strings.CutSuffix(dir, "/.cargo/bin"); ok {
			w.dir(".cargo")
			if err := errors.Join(os.Symlink(dir, w.path(".cargo/bin")), os.Symlink(home+"/.rustup", w.path(".rustup"))); err != nil {
				w.t.Fatal(err)
			}
			dir = w.path(".cargo/bin")
		}
		path = dir + ":" + path
	}
	return path
}

// TestSharedMemory: locks between processes are what docs/troubleshooting.md says
// they need, and need it.
func TestSharedMemory(t *testing.T) {
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skip(err)
	}
	if info, err := os.Stat("/dev/shm"); err != nil || !info.IsDir() {
		t.Skip("no /dev/shm here")
	}
	each(t, func(t *testing.T, w *world) {
		pool := []string{"--", python, "-c", "import multiprocessing as m; print(m.get_context('fork').Pool(2).map(abs, [-7]))"}
		out, status := w.run(append([]string{"--profile", "python", "--allow", "."}, pool...)...)
		w.want("without it", out, status, 1, "PermissionError")
		out, status = w.run(append([]string{"--profile", "python", "--allow", ".", "--allow", "/dev/shm"}, pool...)...)
		w.quiet("with it", out, status, "[7]\n")
	})
}
