package protect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func cProject(t *testing.T, p person, dir string) {
	put(t, dir+"/Makefile", "all: prog\nprog: a.o b.o\n\t$(CC) -o $@ $^\n%.o: %.c\n\t$(CC) -c -o $@ $<\n"+
		"clean:\n\trm -f *.o prog\ninstall:\n\tcp a.c installed\n\tchmod 755 installed\n")
	put(t, dir+"/a.c", "int b(void);\nint main(void) { return b(); }\n")
	put(t, dir+"/b.c", "int b(void) { return 0; }\n")
}

func npmProject(t *testing.T, p person, dir string) {
	put(t, dir+"/package.json", `{"name": "project", "version": "1.0.0", "private": true, "scripts": {"clean": "rm -rf dist"}}`)
	put(t, dir+"/dist/out.js", "")
	put(t, dir+"/dep/package.json", `{"name": "dep", "version": "1.0.0"}`)
	put(t, dir+"/dep/index.js", "module.exports = 1\n")
}

// npmInstalled has dep copied, and not linked, into node_modules.
func npmInstalled(t *testing.T, p person, dir string) {
	npmProject(t, p, dir)
	p.own(t)
	p.run(t, dir, "npm install --install-links ./dep")
}

// goProject has beside it a module proxy of files with one module.
func goProject(t *testing.T, p person, dir string) {
	put(t, dir+"/go.mod", "module example.com/project\n\ngo 1.21\n")
	put(t, dir+"/lib.go", "package lib\n") // a program would have the runtime compiled first
	put(t, dir+"/lib_test.go", "package lib\n\nimport \"testing\"\n\nfunc TestDir(t *testing.T) { t.TempDir() }\n")
	// The proxy is what the network is otherwise, so it is no grant of the line's:
	// it lies in the project, by its own name.
	const mod = "module example.com/dep\n\ngo 1.21\n"
	put(t, dir+"/proxy/example.com/dep/@v/list", "v1.0.0\n")
	put(t, dir+"/proxy/example.com/dep/@v/v1.0.0.info", `{"Version": "v1.0.0"}`)
	put(t, dir+"/proxy/example.com/dep/@v/v1.0.0.mod", mod)
	zipped(t, dir+"/proxy/example.com/dep/@v/v1.0.0.zip", map[string]string{
		"example.com/dep@v1.0.0/go.mod": mod, "example.com/dep@v1.0.0/dep.go": "package dep\n"})
}

// crate borrows the tool chains of whoever runs the tests.
func crate(t *testing.T, p person, dir string) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skipf("the tool chain cannot be found: %v", err)
	}
	chains := filepath.Join(home, ".rustup")
	found, err := p.command(p.toolEnv(), "/bin/sh", "-c", "command -v cargo").Output()
	if _, missing := os.Stat(chains); err != nil || missing != nil || !strings.HasSuffix(string(found), "/.cargo/bin/cargo\n") {
		t.Skip("the cargo that is found first is not rustup's, and needs nothing of the home")
	}
	if err := os.Symlink(chains, p.home+"/.rustup"); err != nil {
		t.Fatal(err)
	}
	put(t, dir+"/Cargo.toml", "[package]\nname = \"c\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
	put(t, dir+"/src/main.rs", "fn main() {}\n")
}

// gitProject has a repository with a branch to rebase and an uncommitted change.
func gitProject(t *testing.T, p person, dir string) {
	put(t, p.home+"/.gitconfig", "[user]\nname = N\nemail = n@example.com\n[init]\ndefaultBranch = main\n")
	put(t, dir+"/upstream/dir/file", "one\n")
	p.own(t)
	p.run(t, dir+"/upstream", "git init -q; git add .; git commit -qm one; git checkout -qb side; echo s > side; git add .; git commit -qm side;"+
		" git checkout -q main; echo two > other-file; git add .; git commit -qm two; git checkout -q side")
	if filepath.Base(t.Name()) == "git_commit_-am_change" {
		put(t, dir+"/upstream/side", "changed\n")
	}
}

func wheelProject(t *testing.T, p person, dir string) {
	zipped(t, dir+"/"+wheel, map[string]string{
		"dep.py":                   "",
		"dep-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: dep\nVersion: 1\n",
		"dep-1.dist-info/WHEEL":    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		"dep-1.dist-info/RECORD":   "dep.py,,\ndep-1.dist-info/METADATA,,\ndep-1.dist-info/WHEEL,,\ndep-1.dist-info/RECORD,,\n",
	})
}
