package carve

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// openNode opens rel in dir with O_PATH. It follows no symlink (openat2(2),
// RESOLVE_NO_SYMLINKS; since Linux 5.6, before Landlock).
func openNode(dir int, rel string) (int, *unix.Stat_t, error) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}
	var fd int
	var err error
	for try := 0; try < 100; try++ {
		// EAGAIN: a rename or mount during the look-up (openat2(2)).
		if fd, err = unix.Openat2(dir, rel, &how); err != unix.EAGAIN && err != unix.EINTR {
			break
		}
	}
	if err == unix.ENOSYS {
		fd, err = openStepwise(dir, rel)
	}
	if err != nil {
		return -1, nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return -1, nil, err
	}
	if st.Mode&unix.S_IFMT == unix.S_IFLNK {
		unix.Close(fd)
		return -1, nil, unix.ELOOP
	}
	return fd, &st, nil
}

// openStepwise does the same name by name, if a filter of system calls refuses openat2. A
// filter cannot see the flags of openat2; the filter of nono refuses it on old kernels.
func openStepwise(dir int, rel string) (int, error) {
	at := dir
	if rel[0] == '/' {
		fd, err := step(unix.AT_FDCWD, "/")
		if err != nil {
			return -1, err
		}
		at, rel = fd, rel[1:]
	}
	for rel != "" {
		var name string
		name, rel, _ = strings.Cut(rel, "/")
		fd, err := step(at, name)
		if at != dir {
			unix.Close(at)
		}
		if err != nil {
			return -1, err
		}
		at = fd
	}
	return at, nil
}

// step opens one name with O_PATH. The name must be no symlink.
func step(dir int, name string) (int, error) {
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK {
		err = unix.ELOOP
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// missing returns a *fault.Error for a node that cannot be opened, or nil if nothing
// requires the node: a missing deny, a missing optional grant, or the way to one of them.
func missing(n *node, err error) error {
	gone := err == unix.ENOENT || err == unix.ENOTDIR
	if (gone || err == unix.ELOOP || err == unix.EACCES) && len(n.lines) == 0 {
		return nil
	}
	for _, p := range n.lines {
		switch {
		case gone && p.Optional:
		case err == unix.ELOOP:
			return &fault.Error{Do: "grant", Path: n.path, Err: fault.Text("it is now a symlink, or beneath one"),
				Hint: "resolve its symlinks: the spec needs the real path"}
		default:
			return &fault.Error{Do: "grant", Path: n.path, Err: err}
		}
	}
	if !gone {
		return &fault.Error{Do: "open", Path: n.path, Err: err}
	}
	return nil
}

// wrongKind returns a *fault.Error if a grant at n is for another kind of thing.
func wrongKind(n *node, mode uint32) error {
	isDir := directory(mode)
	for _, p := range n.lines {
		var what string
		switch {
		case p.Kind.Directory() && !isDir:
			what = "it is not a directory"
		case p.Kind.File() && isDir:
			what = "it is a directory"
		case p.Kind == spec.Device && !isDir && !device(mode):
			what = "it is not a device"
		case p.Kind == spec.UnixSocket && !isDir && mode&unix.S_IFMT != unix.S_IFSOCK:
			what = "it is neither a Unix socket nor a directory"
		default:
			continue
		}
		return &fault.Error{Do: "grant", Path: n.path, Err: fault.Text(what + ", so '" + p.Kind.String() + "' does not fit")}
	}
	return nil
}

func device(mode uint32) bool {
	return mode&unix.S_IFMT == unix.S_IFCHR || mode&unix.S_IFMT == unix.S_IFBLK
}

// sameDirectory returns the error for a grant of a second name (a bind mount) of a chain
// directory: the rule would reach the denied path.
func sameDirectory(n, first *node) error {
	return &fault.Error{Do: "grant", Path: n.path, Hint: "grant " + fault.Quote(first.path) + " instead",
		Err: fault.Text("it is the same directory as " + fault.Quote(first.path) + ", which holds denied paths")}
}

func lstat(path string, st *unix.Stat_t) error {
	return unix.Fstatat(unix.AT_FDCWD, path, st, unix.AT_SYMLINK_NOFOLLOW)
}
