package undo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv/tree"
)

// Somebody has put something where a forced undo is to bring things back: what is there
// stays, what is saved stays saved, and comes back when the way is free.
func TestObstacles(t *testing.T) {
	link := func(path string) { os.Remove(path); os.Symlink("/elsewhere", path) }
	file := func(path string) {
		os.MkdirAll(filepath.Dir(path), 0o755)
		os.Remove(path)
		os.WriteFile(path, []byte("somebody's"), 0o644)
	}
	for name, c := range map[string]struct {
		during func(*actor, func(string) string)
		put    func(string) // what somebody does at each of the places
		at     []string
		stay   int
	}{
		"links": {func(a *actor, at func(string) string) {
			a.write(at("b"), "run", 0)
			a.remove(at("sub/b"))
		}, link, []string{"b", "sub/b"}, 2},
		"a file where one was removed": {func(a *actor, at func(string) string) {
			a.write(at("b"), "run", 0)
			a.remove(at("b"))
			a.remove(at("a"))
		}, file, []string{"b", "a"}, 2},
		"a directory where a file was changed": {func(a *actor, at func(string) string) { a.write(at("b"), "run", 0) },
			func(path string) { os.Remove(path); os.Mkdir(path, 0o700) }, []string{"b"}, 1},
		"a file where one was renamed": {func(a *actor, at func(string) string) { a.rename(at("b"), at("c"), 0) }, file, []string{"b"}, 1},
		"a file where one in a chain was renamed": {func(a *actor, at func(string) string) {
			a.rename(at("b"), at("c"), 0)
			a.rename(at("a"), at("b"), 0)
			a.rename(at("sub/b"), at("a"), 0)
		}, file, []string{"sub/b"}, 3},
		"a tree where one was removed": {func(a *actor, at func(string) string) {
			for _, name := range []string{"dir/sub/new\nline", "dir/sub/\xff", "dir/sub", "dir/with space"} {
				a.remove(at(name))
			}
		}, file, []string{"dir/sub/\xff"}, 1},
		"a file in a directory of the run where a file was": {func(a *actor, at func(string) string) {
			a.remove(at("b"))
			a.mkdir(at("b"))
			a.write(at("b/n"), "run", 0)
		}, file, []string{"b/mine"}, 1},
		"a file where something was moved out of a directory of the run": {func(a *actor, at func(string) string) {
			a.rename(at("dir"), at("x"), 0)
			a.mkdir(at("dir"))
			a.rename(at("x"), at("dir/x"), 0)
		}, file, []string{"dir/mine"}, 1},
	} {
		t.Run(name, func(t *testing.T) { obstacles(t, c.during, c.put, c.at, c.stay) })
	}
}

func obstacles(t *testing.T, during func(*actor, func(string) string), put func(string), places []string, stay int) {
	a, store := scene(t, t.TempDir())
	at := func(name string) string { return filepath.Join(a.root, name) }
	before := tree.Snapshot(t, a.root)
	during(a, at)
	if err := a.j.End(); err != nil {
		t.Fatal(err)
	}
	var theirs []string
	for _, name := range places {
		put(at(name))
		theirs = append(theirs, tree.Snapshot(t, at(name)))
	}
	undo := func(force bool) (*Outcome, error) {
		h, err := Read(store, []string{a.root})
		if err != nil {
			t.Fatal(err)
		}
		return h.Undo(nil, force)
	}
	if _, err := undo(false); err == nil {
		t.Error("undone without force")
	}
	for range 2 {
		out, err := undo(true)
		if err != nil {
			t.Fatal(err)
		}
		if out.All || len(out.Stay) != stay || len(out.Lost) > 0 {
			t.Errorf("a forced undo: %+v, where %d are to stay", out, stay)
		}
		for i, name := range places {
			if now := tree.Snapshot(t, at(name)); now != theirs[i] {
				t.Errorf("what somebody put at %q is not as it was:\n%s", name, tree.Difference(theirs[i], now))
			}
		}
	}
	for _, name := range places {
		if err := os.RemoveAll(at(name)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := undo(true)
	if err != nil || !out.All || len(out.Lost)+len(out.Stay) > 0 {
		t.Fatalf("an undo when the way is free: %+v, %v", out, err)
	}
	if now := tree.Snapshot(t, a.root); stripDirTimes(now) != stripDirTimes(before) {
		t.Errorf("an undo when the way is free:\n%s", tree.Difference(before, strings.TrimSpace(now)))
	}
}
