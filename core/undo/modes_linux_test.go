package undo

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What the owner may not read or write by its mode is saved and brought back all the same:
// content, attributes and mode.
func TestModes(t *testing.T) {
	for _, storeIn := range []string{"", otherFS(t)} {
		for _, mode := range []uint32{0o444, 0o000, 0o200, 0o111, 0o4711, 0o555, 0o300} {
			for _, directory := range []bool{false, true} {
				for _, removed := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s %o, directory %v, removed %v", storeIn, mode, directory, removed), func(t *testing.T) {
						dir := storeIn
						if dir == "" {
							dir = t.TempDir()
						} else {
							dir = filepath.Join(dir, fmt.Sprintf("%o%v%v", mode, directory, removed))
						}
						roundOfModes(t, dir, mode, directory, removed)
					})
				}
			}
		}
	}
}

func roundOfModes(t *testing.T, storeIn string, mode uint32, directory, removed bool) {
	a, store := scene(t, storeIn)
	path := filepath.Join(a.root, "it")
	fill := func() error { return os.WriteFile(path, []byte("was"), 0o644) }
	if directory {
		fill = func() error { return os.Mkdir(path, 0o755) }
	}
	if err := fill(); err != nil {
		t.Fatal(err)
	}
	want := "was"
	if err := unix.Setxattr(path, "user.test", []byte("was"), 0); err != nil {
		want = "" // not on this file system
	}
	if err := unix.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	if removed {
		a.remove(path)
	} else {
		a.chmod(path, 0o700)
		a.setxattr(path, "is")
		if !directory {
			a.write(path, "run", 0)
		}
		a.chmod(path, mode)
	}
	if err := a.j.End(); err != nil {
		t.Fatal(err)
	}
	h, err := Read(store, []string{a.root})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := h.Undo(nil, false); err != nil || !out.All {
		t.Fatalf("%+v, %v", out, err)
	}
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil || st.Mode&0o7777 != mode {
		t.Errorf("the mode is %o: %v", st.Mode&0o7777, err)
	}
	unix.Chmod(path, 0o700)
	if got, _ := readAll(func(b []byte) (int, error) { return unix.Getxattr(path, "user.test", b) }); got != want {
		t.Errorf("the attribute is %q, not %q", got, want)
	}
	if text, err := os.ReadFile(path); !directory && string(text) != "was" {
		t.Errorf("it holds %q: %v", text, err)
	}
}
