package protect

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A tool is how a line of docs/tools.md is tried.
type tool struct {
	// make fills the project and the home, as p.home.
	make func(t *testing.T, p person, dir string)
	// network is a command that fails where what is needed from outside cannot
	// be had.
	network string
	// slow ones run only where the tests may take minutes.
	slow bool
	// in is where the command runs, beneath the project.
	in string
}

var tools = map[string]tool{
	"make -j2":                             {make: cProject},
	"make clean":                           {make: cProject},
	"make install":                         {make: cProject},
	"npm install ./dep":                    {make: npmProject},
	"npm install left-pad":                 {make: npmProject, network: "npm view left-pad version"},
	"npm uninstall dep":                    {make: npmInstalled},
	"npm run clean":                        {make: npmProject},
	"go build":                             {make: goProject},
	"go test ./...":                        {make: goProject, slow: true}, // compiles the half of Go's library
	"go get example.com/dep@v1.0.0":        {make: goProject},
	"cargo build --offline":                {make: crate},
	"git clone upstream copy":              {make: gitProject},
	"git commit -am change":                {make: gitProject, in: "upstream"},
	"git rebase main":                      {make: gitProject, in: "upstream"},
	"git mv dir other":                     {make: gitProject, in: "upstream"},
	"python3 -m venv --without-pip .venv":  {make: func(*testing.T, person, string) {}},
	"pip3 install --target lib ./" + wheel: {make: wheelProject},
}

const wheel = "dep-1-py3-none-any.whl"

// TestTools runs every line of the table in docs/tools.md with the flags that
// stand there, which must do, and without each of them, which must not.
func TestTools(t *testing.T) {
	testenv.RequireLandlock(t, 2)
	rows := documented(t)
	for command := range tools {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.command == command }) {
			t.Errorf("%s is not in the table", command)
		}
	}
	people(t, func(t *testing.T, p person) {
		for _, r := range rows {
			t.Run(r.command, func(t *testing.T) {
				tool, ok := tools[r.command]
				if !ok {
					t.Fatal("the line is in the table and nobody knows how to try it")
				}
				if tool.slow && !suite.Long() {
					t.Skip("it takes a minute: NONO_LONG=1 runs it")
				}
				argv := strings.Fields(r.command)
				if !p.finds(argv[0]) {
					t.Skipf("no %s here for this user", argv[0])
				}
				if tool.network != "" {
					if status, said := p.try(t, p.home, "/usr/bin/env", strings.Fields("timeout 20 "+tool.network)...); status != 0 {
						t.Skipf("no network: %s: %s", tool.network, said)
					}
				}
				if status, said := p.tool(t, tool, argv, r.flags); status != 0 {
					t.Errorf("with %q: status %d\n%s", r.flags, status, said)
				}
				if p.uid == 0 && os.Geteuid() == 0 && !suite.Long() {
					return // what is needed is the same for root, and the user's run shows it
				}
				for i := range r.flags {
					if status, _ := p.tool(t, tool, argv, slices.Concat(r.flags[:i], r.flags[i+1:])); status == 0 {
						t.Errorf("works without %q", r.flags[i])
					}
				}
			})
		}
	})
}

// finds reports whether the person has a command.
func (p person) finds(name string) bool {
	return p.command(p.toolEnv(), "/bin/sh", "-c", `command -v "$0"`, name).Run() == nil
}

// toolEnv finds the tools that were installed beside the system's, and keeps
// them from asking anybody for news.
func (p person) toolEnv() []string {
	path := "/usr/local/bin:/usr/bin:/bin"
	for _, name := range []string{"go", "npm", "cargo"} {
		if found, err := exec.LookPath(name); err == nil && !slices.Contains(strings.Split(path, ":"), filepath.Dir(found)) {
			path += ":" + filepath.Dir(found)
		}
	}
	return []string{"PATH=" + path, "GOTOOLCHAIN=local", "GOSUMDB=off", "GOPROXY=file://" + p.home + "/project/proxy", "GOTELEMETRY=off",
		"NPM_CONFIG_UPDATE_NOTIFIER=false", "NPM_CONFIG_AUDIT=false", "PIP_DISABLE_PIP_VERSION_CHECK=1"}
}

// tool runs a line in a new project with some flags besides --allow.
func (p person) tool(t *testing.T, tool tool, argv []string, flags [][]string) (int, string) {
	t.Helper()
	clearHome(t, p.home)
	dir := p.home + "/project"
	for _, d := range []string{dir, p.home + "/.npm", p.home + "/.cache/go-build", p.home + "/go/pkg"} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.own(t)
	tool.make(t, p, dir)
	p.own(t)
	in := filepath.Join(dir, tool.in)
	args := []string{"--silent", "--allow", dir}
	for _, f := range flags {
		for _, word := range f {
			args = append(args, strings.Replace(word, "~", p.home, 1))
		}
	}
	cmd := p.command(p.toolEnv(), suite.Build(t, suite.Newest).Path("nono-run"), append(append(args, "--"), argv...)...)
	cmd.Dir = in
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// run is for setting a project up: without a sandbox, and it must work.
func (p person) run(t *testing.T, dir, script string) {
	t.Helper()
	cmd := p.command(p.toolEnv(), "/bin/sh", "-ec", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

type row struct {
	command string
	flags   [][]string // each with its argument
}

// documented reads the table of docs/tools.md.
func documented(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(suite.Root(t), "docs", "tools.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		r := row{command: strings.Trim(strings.TrimSpace(cells[1]), "`")}
		for word := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(cells[2]), "`")) {
			if strings.HasPrefix(word, "--") {
				r.flags = append(r.flags, []string{word})
			} else {
				last := len(r.flags) - 1
				r.flags[last] = append(r.flags[last], word)
			}
		}
		rows = append(rows, r)
	}
	if len(rows) < 10 {
		t.Fatalf("only %d lines found in the table", len(rows))
	}
	return rows
}

// zipped makes a zip file with one text a name.
func zipped(t *testing.T, path string, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, path, b.String())
}

func put(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
