package undo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv/tree"
)

// Somebody has put a link, or nothing, where a directory was: a forced undo brings back what
// has its directory, writes nothing through the link, and brings back the rest when the
// directory is there again.
func TestDirectoryReplaced(t *testing.T) {
	for name, swap := range map[string]func(dir, away string) error{
		"a link":  func(dir, away string) error { return os.Symlink("other", dir) },
		"nothing": func(dir, away string) error { return nil },
		"a file":  func(dir, away string) error { return os.WriteFile(dir, nil, 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			a, store := scene(t, t.TempDir())
			at := func(name string) string { return filepath.Join(a.root, name) }
			if err := os.Mkdir(at("other"), 0o755); err != nil {
				t.Fatal(err)
			}
			before := tree.Snapshot(t, a.root)
			a.write(at("b"), "run", 0)
			a.write(at("dir/n"), "run", 0)
			a.remove(at("dir/f"))
			if err := a.j.End(); err != nil {
				t.Fatal(err)
			}
			away := filepath.Join(t.TempDir(), "away")
			if err := os.Rename(at("dir"), away); err != nil {
				t.Fatal(err)
			}
			if err := swap(at("dir"), away); err != nil {
				t.Fatal(err)
			}
			h, err := Read(store, []string{a.root})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Undo(nil, false); err == nil {
				t.Fatal("undone without force")
			}
			out, err := h.Undo(nil, true)
			if err != nil {
				t.Fatal(err)
			}
			if out.All || !strings.Contains(fmt.Sprint(out.Stay), "/dir") {
				t.Errorf("all: %v, stay: %q", out.All, out.Stay)
			}
			if b, _ := os.ReadFile(at("b")); string(b) == "run" {
				t.Error("b was not brought back")
			}
			if names, _ := os.ReadDir(at("other")); len(names) != 0 {
				t.Errorf("through the link: %v", names)
			}
			os.Remove(at("dir"))
			if err := os.Rename(away, at("dir")); err != nil {
				t.Fatal(err)
			}
			if h, err = Read(store, []string{a.root}); err != nil {
				t.Fatal(err)
			}
			if out, err = h.Undo(nil, true); err != nil || !out.All {
				t.Fatal(out, err)
			}
			if now := tree.Snapshot(t, a.root); strings.Contains(tree.Difference(before, now), "dir/") {
				t.Error(tree.Difference(before, now))
			}
		})
	}
}
