package whole

import (
	"errors"
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWrite(t *testing.T) {
	path := t.TempDir()
	dir, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(dir)
	holds := func(text string, mode os.FileMode) {
		t.Helper()
		info, err := os.Lstat(path + "/f")
		got, _ := os.ReadFile(path + "/f")
		if err != nil || string(got) != text || info.Mode() != mode {
			t.Errorf("it holds %q, %v, %v; want %q, %v", got, info.Mode(), err, text, mode)
		}
		all, _ := os.ReadDir(path)
		if len(all) > 2 { // the file, and what a symlink led to
			t.Errorf("something is left behind: %v", all)
		}
	}
	if err := Make(dir, "f", "one", 0o600); err != nil {
		t.Fatal(err)
	}
	holds("one", 0o600)
	if err := Make(dir, "f", "two", 0o600); !errors.Is(err, unix.EEXIST) {
		t.Errorf("a name that is taken: %v", err)
	}
	holds("one", 0o600)
	if err := Write(dir, "f", "two", 0o640, func() error { return unix.EBUSY }); err != unix.EBUSY {
		t.Errorf("the last look: %v", err)
	}
	holds("one", 0o600)
	// What was left by a process of the same number, or laid there.
	if err := os.Symlink("victim", path+"/.f.new."+strconv.Itoa(os.Getpid())); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, "f", "two", 0o640, nil); err != nil {
		t.Fatal(err)
	}
	holds("two", 0o640)
	if _, err := os.Lstat(path + "/victim"); err == nil {
		t.Error("a symlink was followed")
	}
}
