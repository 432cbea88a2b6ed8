package undo

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// scene makes a tree with one of everything, and a run that is about to change it.
func scene(t *testing.T, storeIn string) (*actor, string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Join(root, "tree")
	dir := filepath.Join(storeIn, "20260101-000000-abcdef")
	for _, d := range []string{root, dir} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"a", "b", "sub/a", "sub/b", "sub/dir/c", "dir/with space", "dir/sub/new\nline", "dir/sub/\xff"} {
		path := filepath.Join(root, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(strings.Repeat(fmt.Sprintf("original %d\n", i), 1+i*4000)), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	os.Link(filepath.Join(root, "sub/a"), filepath.Join(root, "dir/a"))
	os.Link(filepath.Join(root, "a"), filepath.Join(root, "sub/dir/a"))
	os.Symlink("sub/a", filepath.Join(root, "dir/b"))
	unix.Mkfifo(filepath.Join(root, "dir/c"), 0o600)
	unix.Setxattr(filepath.Join(root, "b"), "user.test", []byte("was"), 0)
	unix.Setxattr(filepath.Join(root, "sub/a"), "user.test", []byte("was"), 0)
	os.Chmod(filepath.Join(root, "dir/sub"), 0o711)
	filepath.WalkDir(root, func(path string, _ fs.DirEntry, _ error) error {
		old := []unix.Timespec{{Sec: 1500000000, Nsec: 5}, {Sec: 1500000000 + int64(len(path)), Nsec: 7}}
		return unix.UtimesNanoAt(unix.AT_FDCWD, path, old, unix.AT_SYMLINK_NOFOLLOW)
	})
	j, err := New(dir, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return &actor{j: j, root: root}, dir
}

// otherFS is a directory on another file system than the tests' own.
func otherFS(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "nono-test-")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
