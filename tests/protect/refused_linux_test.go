package protect

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/tests/internal/suite"
)

// TestBlockedAsTheCommand: refused before anything starts, and lifted by its
// name, its category and all.
func TestBlockedAsTheCommand(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	list := commands(t)
	people(t, func(t *testing.T, p person) {
		dir := p.project(t)
		nono := suite.Build(t, suite.Newest).Path("nono-run")
		for i, c := range list {
			link := filepath.Join(dir, "link")
			os.Remove(link)
			if err := os.Symlink(c.path, link); err != nil {
				t.Fatal(err)
			}
			typed := []string{c.name, c.path, link, "/proc/self/root" + c.path}[i%4]
			status, said := p.try(t, dir, nono, "--allow", dir, "--", typed)
			if want := "is the blocked command '" + c.name + "' (" + strings.ReplaceAll(c.category, "-", " ") + ")"; status != 126 || !strings.Contains(said, want) {
				t.Errorf("%s: status %d, %s\nwant 126, %s", typed, status, said, want)
			}
			lift := []string{c.name, c.category, "all"}[i%3]
			if status, said := p.try(t, dir, nono, "--allow", dir, "--allow-command", lift, "--dry-run", "--", typed); status != 0 {
				t.Errorf("--allow-command %s -- %s: status %d, %s", lift, typed, status, said)
			}
		}
		// The harmless ones really run.
		for _, name := range []string{"rm", "dd", "chmod", "mv", "cp", "truncate", "shred"} {
			if !slices.ContainsFunc(list, func(c command) bool { return c.name == name }) {
				continue
			}
			if status, said := p.try(t, dir, nono, "--allow", dir, "--allow-command", name, "--", name, "--version"); status != 0 {
				t.Errorf("%s --version: status %d, %s", name, status, said)
			}
		}
	})
}

// TestBlockCommandWins over every way to lift.
func TestBlockCommandWins(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	people(t, func(t *testing.T, p person) {
		dir := p.project(t)
		nono := suite.Build(t, suite.Newest).Path("nono-run")
		for _, lift := range []string{"rm", "file-destruction", "all"} {
			args := []string{"--allow", dir, "--allow-command", lift, "--block-command", "rm", "--block-command", "head"}
			for _, typed := range []string{"rm", "head", "/usr/bin/head"} {
				if status, said := p.try(t, dir, nono, append(args, "--", typed, "--version")...); status != 126 || !strings.Contains(said, "(--block-command)") {
					t.Errorf("%s: status %d, %s", typed, status, said)
				}
			}
			list := []command{{"rm", "/usr/bin/rm", ""}, {"head", "/usr/bin/head", ""}}
			for route, got := range p.routes(t, dir, list, append(append([]string{nono, "--silent"}, args...), "--")...) {
				if got == "runs" {
					t.Errorf("%s runs", route)
				}
			}
		}
	})
}

// TestMultiCallBinary: where rm is busybox as ls and sh are, it is refused as the
// command, and a notice says that children are not held.
func TestMultiCallBinary(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("no busybox here")
	}
	data, err := os.ReadFile(busybox)
	if err != nil {
		t.Fatal(err)
	}
	people(t, func(t *testing.T, p person) {
		dir := p.project(t)
		if err := os.WriteFile(dir+"/busybox", data, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"rm", "ls", "sh"} {
			if err := os.Symlink("busybox", filepath.Join(dir, n)); err != nil {
				t.Fatal(err)
			}
		}
		nono := suite.Build(t, suite.Newest).Path("nono-run")
		status, said := p.try(t, dir, "/usr/bin/env", "PATH="+dir, nono, "--read", dir, "--", "rm", "x")
		if status != 126 || !strings.Contains(said, "blocked command 'rm'") {
			t.Errorf("rm itself: status %d, %s", status, said)
		}
		status, said = p.try(t, dir, "/usr/bin/env", "PATH="+dir, nono, "--read", dir, "--", "sh", "-c", "rm --help")
		if want := "busybox, rm cannot be kept from child processes: '" + dir + "/busybox' is other commands too"; status != 0 || !strings.Contains(said, want) {
			t.Errorf("rm as a child: status %d, %s\nwant %s", status, said, want)
		}
		if usual := "/usr/bin/busybox"; busybox == usual {
			if status, said := p.try(t, dir, nono, "--allow", dir, "--", "sh", "-c", usual+" rm --help"); status != 126 || !strings.Contains(said, "ermission denied") {
				t.Errorf("%s, which is no ordinary command here: status %d, %s", usual, status, said)
			}
		}
	})
}
