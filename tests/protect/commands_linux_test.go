package protect

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// A command is a blocked command that this machine has.
type command struct{ name, path, category string }

// commands returns those that the kernel can hold here, and logs the others.
func commands(t *testing.T) []command {
	t.Helper()
	list, err := lists.Commands("linux")
	if err != nil {
		t.Fatal(err)
	}
	loose := map[string]bool{}
	nobody := map[string]string{"HOME": "/nonexistent"}
	p, err := policy.Compile(policy.Options{NetBlock: true}, policy.Host{GOOS: "linux", Dir: "/", UID: 1, Env: func(name string) string { return nobody[name] }})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range p.NotDenied {
		t.Logf("not held here, and said so by a notice: %s, since %s %s", l.Name, l.File, l.Why)
		loose[l.Name] = true
	}
	var out []command
	for _, c := range list {
		for _, dir := range []string{"/usr/bin", "/usr/sbin", "/bin", "/sbin"} {
			path := filepath.Join(dir, c.Name)
			if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && !loose[c.Name] {
				out = append(out, command{c.Name, path, c.Category})
				break
			}
		}
	}
	if len(out) == 0 {
		t.Skip("every blocked command that is here is part of a multi-call binary")
	}
	return out
}

// project returns a directory of the person's on a disk, as programs are.
func (p person) project(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nono-protect-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	q := p
	q.home = dir
	q.own(t)
	return dir
}

// ways are the routes to a program: the probe's operation, and what stands before
// the path.
var ways = []struct{ route, op, before string }{
	{"name", "starts-name", ""},
	{"path", "starts", ""},
	{"env", "starts-env", ""},
	{"loader", "starts-loader", ""},
	{"copy", "starts-copy", ""},
	{"hard link", "starts-link", ""},
	{"symlink", "starts-symlink", ""},
	{"proc", "starts", "/proc/self/root"},
	{"descriptor", "starts-place", ""},
	{"interpreter", "starts-interpreter", ""},
}

// routes tries every route to the commands and returns the probe's answers, by
// "NAME ROUTE". What could be started is killed at its first instruction.
func (p person) routes(t *testing.T, dir string, list []command, under ...string) map[string]string {
	t.Helper()
	var ops [][]string
	for _, c := range list {
		for _, w := range ways {
			if w.op == "starts-name" {
				ops = append(ops, []string{w.op, c.name})
			} else {
				ops = append(ops, []string{w.op, w.before + c.path})
			}
		}
	}
	answers := p.answers(t, ops, func(args []string) *exec.Cmd {
		cmd := p.command(nil, args[0], args[1:]...)
		cmd.Dir = dir
		return cmd
	}, under...)
	said := map[string]string{}
	for i, answer := range answers {
		said[list[i/len(ways)].name+" "+ways[i%len(ways)].route] = answer
	}
	return said
}

// TestBlockedForChildren: by none of the routes that lead to it without a
// sandbox can a child run a blocked command.
func TestBlockedForChildren(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	list := commands(t)
	people(t, func(t *testing.T, p person) {
		dir := p.project(t)
		nono := suite.Build(t, suite.Newest).Path("nono-run")
		free := p.routes(t, dir, list)
		held := p.routes(t, dir, list, nono, "--silent", "--allow", dir, "--")
		open := map[string]int{}
		for route, said := range free {
			name, _, _ := strings.Cut(route, " ")
			if said != "ok" {
				continue
			}
			open[name]++
			if got := held[route]; !slices.Contains([]string{"EACCES", "EXDEV"}, got) {
				t.Errorf("%s: %s", route, got)
			}
		}
		for _, c := range list {
			// The loader takes no scripts and no static programs; hard links to
			// others' files and across file systems the kernel refuses itself.
			if open[c.name] < 6 {
				t.Errorf("only %d routes lead to %s without a sandbox", open[c.name], c.name)
			}
		}
		all := p.routes(t, dir, list, nono, "--silent", "--allow", dir, "--allow-command", "all", "--")
		p.same(t, "--allow-command all", free, all)
	})
}

// same compares what works without a sandbox with what works where the commands
// are lifted. A hard link from where one may not write to where one may is
// Landlock's to refuse.
func (p person) same(t *testing.T, what string, free, lifted map[string]string) {
	t.Helper()
	for route, got := range lifted {
		if strings.HasSuffix(route, " hard link") {
			continue
		}
		if got != free[route] {
			t.Errorf("%s: %s: %s; without a sandbox: %s", what, route, got, free[route])
		}
	}
}

// TestLiftedForChildren: each name and each category that is lifted works by
// every route, and what is not lifted stays shut.
func TestLiftedForChildren(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	list := commands(t)
	people(t, func(t *testing.T, p person) {
		dir := p.project(t)
		nono := suite.Build(t, suite.Newest).Path("nono-run")
		free := p.routes(t, dir, list)
		categories, err := lists.Categories("linux")
		if err != nil {
			t.Fatal(err)
		}
		lift := func(what string, in func(command) bool) {
			var lifted []command
			var other command
			for i, c := range list {
				if in(c) {
					lifted = append(lifted, c)
				} else if other.name == "" && !in(list[(i+1)%len(list)]) && ofItsOwn(c) {
					other = c
				}
			}
			if len(lifted) == 0 {
				t.Logf("nothing of %s is here", what)
				return
			}
			said := p.routes(t, dir, append(lifted, other), nono, "--silent", "--allow", dir, "--allow-command", what, "--")
			for route, got := range said {
				if strings.HasPrefix(route, other.name+" ") {
					if got == "ok" {
						t.Errorf("--allow-command %s: %s runs", what, route)
					}
					delete(said, route)
				}
			}
			p.same(t, "--allow-command "+what, free, said)
		}
		for _, category := range categories {
			lift(category, func(c command) bool { return c.category == category })
		}
		for i, l := range list {
			// An ordinary user and root share the names between them.
			if (i%2 == 0) == (p.uid == 0) || os.Geteuid() != 0 {
				lift(l.name, func(c command) bool { return c.name == l.name })
			}
		}
	})
}

// ofItsOwn reports whether the command's file has one name only, so that lifting
// another does not lift it.
func ofItsOwn(c command) bool {
	real, err := filepath.EvalSymlinks(c.path)
	return err == nil && filepath.Base(real) == c.name && !slices.Contains([]string{"systemctl", "mke2fs", "xtables-nft-multi"}, c.name)
}

// try runs a command line and returns its exit status and what it said.
func (p person) try(t *testing.T, dir, name string, args ...string) (int, string) {
	t.Helper()
	cmd := p.command(nil, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
