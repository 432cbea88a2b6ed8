package chains

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What enters a directory whose symlinks later sandboxes follow is the very thing that was
// looked at, or a directory: no symlink that came to its name since then.
func TestEnter(t *testing.T) {
	for _, c := range []struct {
		what      string
		kind      uint32 // of what is looked at
		exchanged bool   // for a symlink, before it is renamed
		there     string // what has the new name: nothing, "file", "dir" or "same", the thing itself
		flags     uint
		want      error
		after     uint32 // what has the new name then
		old       uint32 // and the old one; 0 for nothing
	}{
		{"a file", unix.S_IFREG, false, "", 0, nil, unix.S_IFREG, 0},
		{"a FIFO", unix.S_IFIFO, false, "", 0, nil, unix.S_IFIFO, 0},
		{"a directory", unix.S_IFDIR, false, "", 0, nil, unix.S_IFDIR, 0},
		{"a symlink", unix.S_IFLNK, false, "", 0, unix.EACCES, 0, unix.S_IFLNK},
		{"an exchanged file", unix.S_IFREG, true, "", 0, nil, unix.S_IFREG, unix.S_IFLNK},
		{"an exchanged FIFO", unix.S_IFIFO, true, "", 0, nil, unix.S_IFIFO, unix.S_IFLNK},
		{"an exchanged directory", unix.S_IFDIR, true, "", 0, unix.ENOTDIR, 0, unix.S_IFLNK},
		{"an exchanged directory, in the place of one", unix.S_IFDIR, true, "dir", 0, unix.ENOTDIR, unix.S_IFDIR, unix.S_IFLNK},
		{"a FIFO in the place of a file", unix.S_IFIFO, false, "file", 0, nil, unix.S_IFIFO, 0},
		{"an exchanged FIFO in the place of a file", unix.S_IFIFO, true, "file", 0, nil, unix.S_IFIFO, unix.S_IFLNK},
		{"a FIFO beside a file", unix.S_IFIFO, false, "file", unix.RENAME_NOREPLACE, unix.EEXIST, unix.S_IFREG, unix.S_IFIFO},
		{"a FIFO in the place of a directory", unix.S_IFIFO, false, "dir", 0, unix.EISDIR, unix.S_IFDIR, unix.S_IFIFO},
		{"a file in its own place", unix.S_IFREG, false, "same", 0, nil, unix.S_IFREG, unix.S_IFREG},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir, to := t.TempDir(), t.TempDir()
			old, target := filepath.Join(dir, "old"), filepath.Join(to, "new")
			switch c.kind {
			case unix.S_IFDIR:
				must(t, os.Mkdir(old, 0o700))
			case unix.S_IFLNK:
				must(t, os.Symlink("/", old))
			default:
				must(t, unix.Mknod(old, c.kind|0o600, 0))
			}
			switch c.there {
			case "file":
				must(t, os.WriteFile(target, nil, 0o600))
			case "dir":
				must(t, os.Mkdir(target, 0o700))
			case "same":
				must(t, os.Link(old, target))
			}
			thing := open(t, old)
			if c.exchanged {
				must(t, os.Symlink("/", filepath.Join(dir, "link")))
				must(t, unix.Renameat2(unix.AT_FDCWD, old, unix.AT_FDCWD, filepath.Join(dir, "link"), unix.RENAME_EXCHANGE))
			}
			var held unix.Stat_t
			must(t, unix.Fstat(thing, &held))
			// One that a killed supervisor left is no hindrance.
			must(t, os.WriteFile(filepath.Join(to, stageName()), nil, 0o600))
			if err := enter(thing, held.Mode, open(t, dir), "old", open(t, to), "new", c.flags); err != c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := kindOf(target); got != c.after {
				t.Errorf("the new name is of type %o, want %o", got, c.after)
			}
			if got := kindOf(old); got != c.old {
				t.Errorf("the old name is of type %o, want %o", got, c.old)
			}
			if c.want == nil && !at(open(t, to), "new", thing) {
				t.Error("the new name is not of what was looked at")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string) int {
	t.Helper()
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// kindOf is the type of what lies at path, or 0.
func kindOf(path string) uint32 {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return 0
	}
	return st.Mode & unix.S_IFMT
}
