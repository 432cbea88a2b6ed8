package undo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv/tree"
)

// run plays a scene, ends the run, has somebody else change something, and undoes.
func play(t *testing.T, during func(*actor, func(string) string), since func(func(string) string), force bool, paths ...string) (out *Outcome, before, after string, err error) {
	t.Helper()
	a, dir := scene(t, t.TempDir())
	at := func(name string) string { return filepath.Join(a.root, name) }
	before = tree.Snapshot(t, a.root)
	during(a, at)
	if err := a.j.End(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond) // the clock of file systems lags behind by a tick
	if since != nil {
		since(at)
	}
	h, err := Read(dir, []string{a.root})
	if err != nil {
		t.Fatal(err)
	}
	for i := range paths {
		paths[i] = at(paths[i])
	}
	out, err = h.Undo(paths, force)
	return out, before, tree.Snapshot(t, a.root), err
}

// What somebody changed since the run is not undone, and the message says what it is.
func TestConflicts(t *testing.T) {
	write := func(path string) func(func(string) string) {
		return func(at func(string) string) {
			if err := os.WriteFile(at(path), []byte("somebody's"), 0o644); err != nil {
				panic(err)
			}
		}
	}
	for name, c := range map[string]struct {
		during func(*actor, func(string) string)
		since  func(func(string) string)
		want   string
		forced string // what a forced undo leaves otherwise than before the run
	}{
		"content": {func(a *actor, at func(string) string) { a.write(at("b"), "run", 0) }, write("b"), contentSince, ""},
		"metadata": {func(a *actor, at func(string) string) { a.write(at("b"), "run", 0) },
			func(at func(string) string) { os.Chmod(at("b"), 0o600) }, metadataSince, ""},
		"mode of a directory": {func(a *actor, at func(string) string) { a.write(at("dir/n"), "run", 0) },
			func(at func(string) string) { os.Chmod(at("dir"), 0o700) }, metadataSince, ""},
		"removed": {func(a *actor, at func(string) string) { a.write(at("b"), "run", 0) },
			func(at func(string) string) { os.Remove(at("b")) }, removedSince, `"."`},
		"replaced": {func(a *actor, at func(string) string) { a.write(at("b"), "run", 0) },
			func(at func(string) string) { os.Remove(at("b")); write("b")(at) }, replacedSince, `"."`},
		"made by the run and changed":      {func(a *actor, at func(string) string) { a.write(at("n"), "run", 0) }, write("n"), contentSince, ""},
		"made where something was removed": {func(a *actor, at func(string) string) { a.remove(at("b")) }, write("b"), madeSince, "b"},
		"made where something was renamed": {func(a *actor, at func(string) string) { a.rename(at("b"), at("c"), 0) }, write("b"), madeSince, "b"},
		"untracked in a new directory":     {func(a *actor, at func(string) string) { a.mkdir(at("n")) }, write("n/x"), "which the run did not make", "n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := play(t, c.during, c.since, false)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("undo says %v, not %q", err, c.want)
			}
			_, before, after, err := play(t, c.during, c.since, true)
			if c.forced == "" && (err != nil || after != before) {
				t.Errorf("a forced undo: %v\n%s", err, tree.Difference(before, after))
			}
			if c.forced != "" && !strings.Contains(tree.Difference(before, after), c.forced) {
				t.Errorf("a forced undo changed what the run did not: %v\n%s", err, tree.Difference(before, after))
			}
		})
	}
}

// Files that the run never touched stay as they are, and are no reason not to undo;
// the time of their directory is theirs then.
func TestUntracked(t *testing.T) {
	out, before, after, err := play(t, func(a *actor, at func(string) string) {
		a.write(at("dir/n"), "run", 0)
		a.remove(at("dir/with space"))
	}, func(at func(string) string) {
		os.WriteFile(at("dir/mine"), []byte("mine"), 0o644)
		os.WriteFile(at("sub/b"), []byte("edited"), 0o644)
	}, false)
	if err != nil || !out.All {
		t.Fatalf("undo: %+v, %v", out, err)
	}
	for line := range strings.Lines(tree.Difference(before, after)) {
		if !strings.Contains(line, `"dir/mine"`) && !strings.Contains(line, `"sub/b"`) && !strings.HasPrefix(line[2:], `"dir" `) {
			t.Errorf("otherwise than before: %s", line)
		}
	}
}

// Parts can be undone, one after another, and then all is as before.
func TestParts(t *testing.T) {
	a, dir := scene(t, t.TempDir())
	before := tree.Snapshot(t, a.root)
	disturb(a)
	if err := a.j.End(); err != nil {
		t.Fatal(err)
	}
	for i, part := range []string{"b", "c", "dir/sub", "sub", "a", "."} {
		h, err := Read(dir, []string{a.root})
		if err != nil {
			t.Fatal(err)
		}
		paths := []string{filepath.Join(a.root, part)}
		if part == "." {
			paths = nil
		}
		out, err := h.Undo(paths, false)
		if err != nil {
			t.Fatalf("undo of %q: %v", part, err)
		}
		if out.All != (i == 5) || len(out.Changes) == 0 && i < 4 {
			t.Errorf("undo of %q: %+v", part, out)
		}
	}
	os.RemoveAll(dir)
	got := tree.Snapshot(t, a.root)
	if stripDirTimes(got) != stripDirTimes(before) {
		t.Errorf("all parts together give another tree:\n%s", tree.Difference(before, got))
	}
}

// stripDirTimes leaves out the times of directories.
func stripDirTimes(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		if strings.Contains(l, " 40") {
			head, rest, _ := strings.Cut(l, " mtime ")
			_, rest, _ = strings.Cut(rest, " ")
			l = head + " " + rest
		}
		b.WriteString(l)
	}
	return b.String()
}

// What is larger than the limit is not changed, and smaller files after it are.
func TestLimit(t *testing.T) {
	a, _ := scene(t, t.TempDir())
	a.j.limit = 100
	at := func(name string) string { return filepath.Join(a.root, name) }
	all, done, err := places(at("b"))
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if err := a.j.Content(all[0]); err != ErrLimit {
		t.Errorf("44 KB under a limit of 100 bytes: %v", err)
	}
	a.write(at("a"), "run", 0)
	if a.j.used != 11 {
		t.Errorf("%d bytes are used, not the 11 of the small file", a.j.used)
	}
}

// A journal that a power cut left with holes is refused, and a saved content too.
func TestDamaged(t *testing.T) {
	a, dir := scene(t, t.TempDir())
	a.write(filepath.Join(a.root, "a"), "run", 0)
	if err := a.j.End(); err != nil {
		t.Fatal(err)
	}
	small := a.j.store.small()
	if err := os.WriteFile(small, make([]byte, 11), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Read(dir, []string{a.root})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Undo(nil, false); err == nil || !strings.Contains(err.Error(), "not whole") {
		t.Errorf("undo from a damaged content: %v", err)
	}
	if h.Begun() {
		t.Error("an undo has begun that cannot end")
	}
	out, err := h.Undo(nil, true)
	if err != nil || out.All || len(out.Stay) != 1 {
		t.Errorf("a forced undo: %+v, %v", out, err)
	}
	if text, _ := os.ReadFile(filepath.Join(a.root, "a")); string(text[:3]) != "run" {
		t.Errorf("the file holds %q", text)
	}
	if err := os.WriteFile(a.j.journal(), []byte(journalHeader+"\n\x00\x00\x00\ncontent\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir, []string{a.root}); err == nil || !strings.Contains(err.Error(), "power cut") {
		t.Errorf("a damaged journal: %v", err)
	}
}

// After a reboot a file system may have another device number, and the things are the
// same all the same.
func TestOtherDeviceNumber(t *testing.T) {
	for _, ended := range []bool{true, false} {
		a, dir := scene(t, t.TempDir())
		at := func(name string) string { return filepath.Join(a.root, name) }
		before := tree.Snapshot(t, a.root)
		a.write(at("b"), "run", 0)
		a.rename(at("a"), at("moved"), 0)
		a.remove(at("sub/b"))
		a.write(at("new"), "run", 0)
		if ended {
			if err := a.j.End(); err != nil {
				t.Fatal(err)
			}
		}
		m, err := metaOf(a.root)
		if err != nil {
			t.Fatal(err)
		}
		if m.Born == 0 {
			t.Skip("this file system does not tell when an inode was made")
		}
		journal := store{dir}.journal()
		text, err := os.ReadFile(journal)
		if err != nil {
			t.Fatal(err)
		}
		number := " " + strconv.FormatUint(m.Dev, 10) + " "
		if !strings.Contains(string(text), number) {
			t.Fatalf("the journal has no %q", number)
		}
		if err := os.WriteFile(journal, []byte(strings.ReplaceAll(string(text), number, " 987654321 ")), 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := Read(dir, []string{a.root})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Undo(nil, !ended); err != nil {
			t.Error(err)
		}
		if d := tree.Difference(before, tree.Snapshot(t, a.root)); d != "" {
			t.Errorf("ended %v: %s", ended, d)
		}
	}
}

// Where somebody has put a hard link to another file in the place of a changed one, a forced
// undo changes the name, and never the other file.
func TestForcedThroughLink(t *testing.T) {
	for name, during := range map[string]func(*actor, func(string) string){
		"content":  func(a *actor, at func(string) string) { a.write(at("b"), "run", 0) },
		"metadata": func(a *actor, at func(string) string) { a.chmod(at("b"), 0o604) },
		"renamed":  func(a *actor, at func(string) string) { a.write(at("b"), "run", 0); a.rename(at("b"), at("c"), 0) },
	} {
		for _, text := range []string{"", "somebody's"} { // "": what b held before the run
			t.Run(name+" "+text, func(t *testing.T) {
				other := filepath.Join(t.TempDir(), "other")
				var was, root string
				out, before, after, err := play(t, during, func(at func(string) string) {
					if root = filepath.Dir(at("b")); text == "" {
						text = strings.Repeat("original 1\n", 4001)
					}
					if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					b := at("b")
					if name == "renamed" {
						b = at("c")
					}
					if err := os.Remove(b); err != nil {
						t.Fatal(err)
					}
					if err := os.Link(other, b); err != nil {
						t.Fatal(err)
					}
					was = tree.Snapshot(t, filepath.Dir(other))
				}, true)
				if err != nil {
					t.Fatal(err)
				}
				if name == "metadata" {
					if len(out.Stay) != 1 || out.Stay[0].Path != filepath.Join(root, "b") {
						t.Errorf("left as it is: %v", out.Stay)
					}
				} else {
					for line := range strings.Lines(tree.Difference(before, after)) {
						if !strings.HasPrefix(line[2:], `"." `) && !strings.HasPrefix(line, `+ "c" `) { // somebody's own
							t.Errorf("otherwise than before: %s", line)
						}
					}
				}
				if now := tree.Snapshot(t, filepath.Dir(other)); name == "metadata" && now != was {
					t.Errorf("the other file was changed: %s", tree.Difference(was, now))
				}
				got, err := os.ReadFile(other)
				if err != nil || string(got) != text {
					t.Errorf("the other file: %v, %d bytes", err, len(got))
				}
				if info, err := os.Stat(other); err != nil || info.Mode() != 0o600 {
					t.Errorf("the other file: %v, %v", info, err)
				}
			})
		}
	}
}
