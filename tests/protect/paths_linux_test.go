package protect

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// TestProtectedPaths tries everything on every protected path beneath --allow ~,
// with --allow-rmdir so that nothing but the protection stands in the way: on
// homes where all of them are present, absent, symlinks, and on an empty home.
// Each table runs without a sandbox too, where all of it must work.
func TestProtectedPaths(t *testing.T) {
	testenv.RequireLandlock(t, 2) // below, no rename or link across directories works at all
	people(t, func(t *testing.T, p person) {
		for _, c := range []struct {
			name string
			make func(t *testing.T, home string, list []entry) *table
		}{
			{"present", func(t *testing.T, _ string, list []entry) *table { return present(t, list) }},
			{"absent", func(t *testing.T, _ string, list []entry) *table { return absent(t, list) }},
			{"linked", linked},
			{"empty", func(_ *testing.T, home string, list []entry) *table { return empty(home, list) }},
		} {
			t.Run(c.name, func(t *testing.T) {
				clearHome(t, p.home)
				list := entries(t, p.home)
				b := c.make(t, p.home, list)
				if err := os.Mkdir(p.home+"/work", 0o755); err != nil {
					t.Fatal(err)
				}
				p.own(t)
				before := snapshot(t, p.home)
				p.hold(t, b)
				after := snapshot(t, p.home)
				for _, path := range slices.Sorted(maps.Keys(after)) {
					if covered(list, path) && before[path] != after[path] {
						t.Errorf("%q was %q and is %q", path, before[path], after[path])
					}
				}
				for path := range before {
					if after[path] == "" {
						t.Errorf("%q is gone", path)
					}
				}
				p.control(t, b)
			})
		}
	})
}

// hold runs the table in a sandbox and compares what comes of it.
func (p person) hold(t *testing.T, b *table) {
	t.Helper()
	nono := suite.Build(t, suite.Newest).Path("nono-run")
	for i, got := range p.probe(t, b, nono, "--silent", "--allow", p.home, "--allow-rmdir", "--") {
		l := b.lines[i]
		switch {
		case l.ok && got != "ok":
			t.Errorf("%s %q: %s; it should stay usable", l.op, l.path, got)
		case !l.ok && !slices.Contains(refusals(l.op), got):
			t.Errorf("%s %q: %s; it should be denied", l.op, l.path, got)
		}
	}
}

// refusals are what Landlock says: EXDEV where a link or rename would have given
// the file other rights, so that mv(1) copies instead.
func refusals(op string) []string {
	switch op {
	case "rename-over", "rename-away", "rename-in", "exchange", "link-in", "link-out", "dir-in":
		return []string{"EACCES", "EXDEV"}
	}
	return []string{"EACCES"}
}

// control runs without a sandbox what was denied: all of it works.
func (p person) control(t *testing.T, b *table) {
	t.Helper()
	denied := &table{slices.DeleteFunc(slices.Clone(b.lines), func(l line) bool { return l.ok })}
	for i, got := range p.probe(t, denied) {
		if l := denied.lines[i]; got != "ok" {
			t.Errorf("%s %q: %s without a sandbox: nothing is shown by its being denied", l.op, l.path, got)
		}
	}
}

// probe runs the table under a command line and returns the report.
func (p person) probe(t *testing.T, b *table, under ...string) []string {
	t.Helper()
	outside := p.command(nil, "sleep", "100")
	if err := outside.Start(); err != nil {
		t.Fatal(err)
	}
	defer outside.Wait()
	defer outside.Process.Kill()
	work := p.home + "/work"
	for _, name := range []string{"/src", "/other"} {
		write(t, work+name)
	}
	if err := os.Mkdir(work+"/srcdir", 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	p.own(t)
	var ops [][]string
	for _, l := range b.lines {
		ops = append(ops, l.words(work, outside.Process.Pid))
	}
	return p.answers(t, ops, func(args []string) *exec.Cmd { return p.command(listedEnv(t, p.home), args[0], args[1:]...) }, under...)
}

// answers runs the probe under a command line and returns its answer to each of
// the operations.
func (p person) answers(t *testing.T, ops [][]string, command func(args []string) *exec.Cmd, under ...string) []string {
	t.Helper()
	var in strings.Builder
	for _, words := range ops {
		for _, w := range words {
			in.WriteString(strconv.Quote(w) + " ")
		}
		in.WriteByte('\n')
	}
	cmd := command(append(slices.Clone(under), testenv.Build(t, suite.Probe)))
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(in.String()), &stderr
	out, err := cmd.Output()
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if n := len(ops); err != nil || len(answers) != n+1 || answers[n] != "finished" {
		t.Fatalf("probe: %v, %d of %d lines\n%s", err, len(answers)-1, n, stderr.String())
	}
	return answers[:len(ops)]
}

// listedEnv is the environment in which the lists' variables are set, but those of
// the XDG directories that have a usual place.
func listedEnv(t *testing.T, home string) []string {
	t.Helper()
	list, err := lists.Protect("linux")
	if err != nil {
		t.Fatal(err)
	}
	var env []string
	for name, value := range variables(list, home) {
		if !lists.IsXDG(name) || name == "XDG_RUNTIME_DIR" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// snapshot tells of every file in the home but those in work: which it is, how
// many links it has and what is in it.
func snapshot(t *testing.T, home string) map[string]string {
	t.Helper()
	shot := map[string]string{}
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == home+"/work" {
			return orSkip(err)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := ""
		if d.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(data)
		}
		st := info.Sys().(*syscall.Stat_t)
		shot[path] = fmt.Sprintf("%s %d %d %s", d.Type(), st.Ino, st.Size, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return shot
}

// orSkip passes an error on, and skips a directory where there is none.
func orSkip(err error) error {
	if err == nil {
		return fs.SkipDir
	}
	return err
}

func clearHome(t *testing.T, home string) {
	t.Helper()
	names, err := os.ReadDir(home)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		path := filepath.Join(home, n.Name())
		// Go's module cache is made of directories that nothing can be removed from.
		filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				os.Chmod(at, 0o700)
			}
			return nil
		})
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
}
