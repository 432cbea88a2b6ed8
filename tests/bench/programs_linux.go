package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// programs prepares real programs over trees that are made for them. A tree is
// made only if something is to be done in it.
func (s *stage) programs(scale int, only filter) ([]*work, error) {
	list := []*work{
		{Name: "find /usr -type f", needs: "find", worker: []string{"run", "find", "/usr", "-type", "f"}},
		{Name: "rg over 100,000 files", needs: "rg", worker: []string{"run", "rg", "-c", "needle", s.path("project/files")}},
		{Name: "git status", needs: "git", worker: []string{"run", "git", "-C", s.path("project/tree"), "status", "--short"}},
		{Name: "C build", needs: "gcc", worker: []string{"run", "sh", s.path("project/c/build.sh")}},
		{Name: "Go build", needs: "go", worker: []string{"run", "go", "build", "-C", s.path("project/go"), "-o", "../out", "."}},
		{Name: "npm ls", needs: "npm", worker: []string{"run", "npm", "--prefix", s.path("project/npm"), "ls", "--all"}},
	}
	trees := map[string]func(int) error{
		"rg over 100,000 files": s.fileTree, "git status": s.gitTree, "C build": s.cTree, "Go build": s.goTree, "npm ls": s.npmTree,
	}
	var wanted []*work
	for _, w := range list {
		w.Policy, w.inside = "--allow .", s.inside("--allow", ".")
		if !only(w.Name + ", " + w.Policy) {
			continue
		}
		wanted = append(wanted, w)
		if make := trees[w.Name]; make != nil {
			if _, err := exec.LookPath(w.needs); err != nil {
				continue // and it will be skipped
			}
			if err := make(scale); err != nil {
				return nil, fmt.Errorf("preparing %s: %w", w.Name, err)
			}
		}
		if w.Name == "Go build" {
			w.env = s.goEnv()
			w.inside = s.inside("--allow", ".", "--read", goRoot())
			w.prepare = (*stage).touchGo
		}
	}
	return wanted, nil
}

// fileTree makes 100,000 small files, in one of which there is something to find.
func (s *stage) fileTree(scale int) error {
	dir := s.path("project/files")
	for i := range 100_000 / scale {
		if err := put(filepath.Join(dir, fmt.Sprintf("d%d/e%d/f%d", i/5000, i/100, i)), "content "+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return put(filepath.Join(dir, "here"), "needle")
}

// gitTree makes a repository of 20,000 files.
func (s *stage) gitTree(scale int) error {
	dir := s.path("project/tree")
	for i := range 20_000 / scale {
		if err := put(filepath.Join(dir, fmt.Sprintf("d%d/e%d/f%d", i/1000, i/50, i)), "content "+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return s.all(dir, "git", [][]string{{"init", "-q"}, {"add", "-A"},
		{"-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "bench"}})
}

// cTree makes 200 C files and a script that compiles them all, two at once.
func (s *stage) cTree(scale int) error {
	dir := s.path("project/c")
	for i := range 200 / scale {
		text := fmt.Sprintf("#include <stdio.h>\n#include <string.h>\nint f%d(const char *s) { printf(\"%%s\", s); return (int)strlen(s) + %d; }\n", i, i)
		if err := put(filepath.Join(dir, fmt.Sprintf("f%d.c", i)), text); err != nil {
			return err
		}
	}
	return put(filepath.Join(dir, "build.sh"), "cd "+dir+" && ls f*.c | xargs -n 1 -P 2 gcc -O1 -c\n")
}

// goTree makes a program of 200 files in 20 packages that import nothing else.
func (s *stage) goTree(scale int) error {
	dir := s.path("project/go")
	text, calls := "package main\n\nimport (\n", ""
	for p := range max(1, 20/scale) {
		for i := range 10 {
			name := filepath.Join(dir, fmt.Sprintf("p%d/f%d.go", p, i))
			if err := put(name, fmt.Sprintf("package p%d\n\nfunc F%d(n int) int { return n*%d + stamp }\n", p, i, i)); err != nil {
				return err
			}
		}
		text += fmt.Sprintf("\t\"bench/p%d\"\n", p)
		calls += fmt.Sprintf("\tprintln(p%d.F0(1))\n", p)
	}
	if err := put(filepath.Join(dir, "main.go"), text+")\n\nfunc main() {\n"+calls+"}\n"); err != nil {
		return err
	}
	return put(filepath.Join(dir, "go.mod"), "module bench\n\ngo 1.21\n")
}

// touchGo changes every package, so that the cache has none of them.
func (s *stage) touchGo() error {
	s.stamp++
	dirs, err := filepath.Glob(s.path("project/go/p*"))
	for _, d := range dirs {
		if err := put(filepath.Join(d, "stamp.go"), fmt.Sprintf("package %s\n\nconst stamp = %d\n", filepath.Base(d), s.stamp)); err != nil {
			return err
		}
	}
	return err
}

func (s *stage) goEnv() []string {
	return []string{"GOCACHE=" + s.path("project/gocache"), "GOPATH=" + s.path("project/gopath"), "GOROOT=" + goRoot(),
		"GOTOOLCHAIN=local", "GOFLAGS=-mod=mod -buildvcs=false", "GOPROXY=off", "GOWORK=off", "GOTELEMETRY=off", "CGO_ENABLED=0",
		"PATH=" + filepath.Join(goRoot(), "bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
}

func goRoot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "/usr/local/go"
	}
	root := strings.TrimSpace(string(out))
	if real, err := filepath.EvalSymlinks(root); err == nil {
		return real
	}
	return root
}

// npmTree makes a package with 300 dependencies, as npm lays them out.
func (s *stage) npmTree(scale int) error {
	dir := s.path("project/npm")
	needs := ""
	for i := range 300 / scale {
		name := "dep-" + strconv.Itoa(i)
		needs += fmt.Sprintf(",\n    %q: \"1.0.0\"", name)
		if err := put(filepath.Join(dir, "node_modules", name, "package.json"), fmt.Sprintf("{\"name\": %q, \"version\": \"1.0.0\"}\n", name)); err != nil {
			return err
		}
	}
	return put(filepath.Join(dir, "package.json"), "{\"name\": \"bench\", \"version\": \"1.0.0\", \"dependencies\": {"+strings.TrimPrefix(needs, ",")+"\n}}\n")
}

// all runs a program in dir once for each list of arguments.
func (s *stage) all(dir, program string, calls [][]string) error {
	for _, args := range calls {
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Env = dir, s.env()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w: %s", program, args[0], err, out)
		}
	}
	return nil
}

// put writes a file and the directories above it.
func put(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
