package main_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// How many lines the packages may have together, comments among them, and how many
// functions that the linker leaves out of the shim.
const (
	mostLines   = 4700
	mostDropped = 12
)

// A reviewer of the sandbox reads the packages
// that the shim links. Code that only other programs use belongs in another package.
// 'go test -v -run TestWhatIsRead' lists both.
func TestWhatIsRead(t *testing.T) {
	linked := symbols(t, testenv.Build(t, module+"nono-exec-shim", "-gcflags="+module+"...=-l")) // no function inlined
	var dropped []string
	sum := 0
	for _, p := range testenv.Linked(t) {
		name, ours := strings.CutPrefix(p, module)
		if !ours {
			continue
		}
		count := 0
		for _, file := range sources(t, p) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			count += bytes.Count(text, []byte("\n"))
			if filepath.Ext(file) != ".go" {
				continue
			}
			for _, f := range functions(t, file, text) {
				symbol := p + "." + f
				if name == "nono-exec-shim" {
					symbol = "main." + f
				}
				if f != "init" && !linked[symbol] {
					dropped = append(dropped, name+"."+f)
				}
			}
		}
		t.Logf("%5d %s", count, name)
		sum += count
	}
	t.Logf("%5d lines", sum)
	if sum > mostLines {
		t.Errorf("%d lines are too many to be read", sum)
	}
	t.Logf("left out by the linker, %d: %s", len(dropped), strings.Join(dropped, " "))
	if len(dropped) > mostDropped {
		t.Errorf("%d functions that the shim does not use are in packages that it links: %q", len(dropped), dropped)
	}
}

// symbols returns the names of the functions in a program.
func symbols(t *testing.T, program string) map[string]bool {
	t.Helper()
	out, err := exec.Command("go", "tool", "nm", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 3 && strings.EqualFold(f[1], "t") {
			all[f[2]] = true
		}
	}
	return all
}

// sources returns the files of a package that are compiled for the shim.
func sources(t *testing.T, pkg string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}{{range .SFiles}}{{$.Dir}}/{{.}}\n{{end}}", pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	slices.Sort(files)
	return files
}

// functions returns the functions and methods in a file, named as the linker does.
func functions(t *testing.T, file string, text []byte) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		switch {
		case !ok || f.Body == nil:
			continue
		case f.Recv == nil:
			all = append(all, f.Name.Name)
			continue
		}
		switch r := f.Recv.List[0].Type.(type) {
		case *ast.Ident:
			all = append(all, r.Name+"."+f.Name.Name)
		case *ast.StarExpr:
			all = append(all, "(*"+r.X.(*ast.Ident).Name+")."+f.Name.Name)
		}
	}
	return all
}
