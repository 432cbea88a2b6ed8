package undo

import (
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"
)

// join makes a path of names, the last of which comes first.
func join(parts []string) string {
	if len(parts) == 0 {
		return "/"
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString("/" + parts[i])
	}
	return b.String()
}

// cut splits a path into its directory and the name in it.
func cut(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 1)], path[i+1:]
}

// metaOf looks at what lies at a path without symlinks: ENOENT where there is nothing,
// also where a directory on the way is none any more.
func metaOf(path string) (*Meta, error) {
	dir, name, err := openParent(path)
	if err != nil {
		return nil, err
	}
	defer unix.Close(dir)
	m, err := metaAt(dir, name)
	if err != nil {
		return nil, err
	}
	if m.Mode&unix.S_IFMT == unix.S_IFLNK {
		return m, nil
	}
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	if m, err = metaAt(fd, ""); err != nil {
		return nil, err
	}
	m.Attributes, err = attributesOf(fd)
	return m, err
}

// openParent opens the directory that a path without symlinks names an entry of.
func openParent(path string) (dir int, name string, err error) {
	parent, name := cut(path)
	if path == "/" {
		name = "."
	}
	fd, err := OpenDir(parent)
	return fd, name, err
}

// OpenDir opens a directory, with O_PATH, by a path in which no symlink may lie.
func OpenDir(path string) (int, error) {
	how := &unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS}
	for range 100 {
		fd, err := unix.Openat2(unix.AT_FDCWD, path, how)
		switch err {
		case unix.EAGAIN, unix.EINTR: // a rename elsewhere (openat2(2))
			continue
		case unix.ENOTDIR, unix.ELOOP:
			return -1, unix.ENOENT
		}
		return fd, err
	}
	return -1, unix.EAGAIN
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
