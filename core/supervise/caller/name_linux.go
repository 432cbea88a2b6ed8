package caller

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Name is where a path leads up to its last component: an open directory, which
// cannot be exchanged any more, and the name in it. It is to be closed.
type Name struct {
	Dir  int    // with O_PATH
	Real string // the directory's path, free of symlinks, as this process sees it
	Base string // the last component; "." where the path ends in a directory's own name
	// Slash tells that a slash follows the last component.
	Slash bool
}

// Close closes the directory.
func (n *Name) Close() { unix.Close(n.Dir) }

// Path is the whole path, of which only the last component may be a symlink.
func (n *Name) Path() string {
	switch {
	case n.Base == ".":
		return n.Real
	case n.Real == "/":
		return "/" + n.Base
	}
	return n.Real + "/" + n.Base
}

// Find follows a path of the caller's, which begins at its descriptor dirfd, to the
// directory of the last component, from the caller's own working directory. The error
// is unix.EXDEV where the caller has another root directory than this process. Links of /proc that lead to things by themselves are not followed (ELOOP), since they
// would lead to this process's own.
func (p *Process) Find(dirfd int32, path string) (*Name, error) {
	if path == "" {
		return nil, unix.ENOENT
	}
	n := &Name{}
	trimmed := strings.TrimRight(path, "/")
	n.Slash = trimmed != path
	at := strings.LastIndexByte(trimmed, '/')
	dir := trimmed[:at+1]
	n.Base = trimmed[at+1:]
	if n.Base == "" || n.Base == "." || n.Base == ".." {
		dir, n.Base = path, "."
	}
	start, err := p.start(dirfd, path)
	if err != nil {
		return nil, err
	}
	defer unix.Close(start)
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_MAGICLINKS}
	if dir == "" {
		dir = "."
	}
	if n.Dir, err = openat2(start, dir, &how); err != nil {
		return nil, err
	}
	if n.Real, err = RealPath(n.Dir); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// start opens what the path begins at.
func (p *Process) start(dirfd int32, path string) (int, error) {
	root, err := p.Root()
	if err != nil {
		return -1, err
	}
	// Symlinks on the way may begin with a slash too.
	if !sameAt("/", root) {
		unix.Close(root)
		return -1, unix.EXDEV
	}
	if path[0] == '/' {
		return root, nil
	}
	unix.Close(root)
	return p.Dir(dirfd)
}

// openat2 tries again where a rename anywhere in the system has disturbed the look-up
// (openat2(2), EAGAIN).
func openat2(dir int, path string, how *unix.OpenHow) (int, error) {
	for range 100 {
		fd, err := unix.Openat2(dir, path, how)
		if err != unix.EAGAIN && err != unix.EINTR {
			return fd, err
		}
	}
	return -1, unix.EAGAIN
}

// RealPath tells by which path this process reaches what fd is: ENOENT where there is
// none, since it was removed or lies outside of this process's root.
func RealPath(fd int) (string, error) {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), buf)
	if err != nil {
		return "", err
	}
	path := string(buf[:n])
	if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, " (deleted)") && !sameAt(path, fd) {
		return "", unix.ENOENT
	}
	return path, nil
}

// sameAt reports whether path leads to what fd is: a name may really end so.
func sameAt(path string, fd int) bool {
	var a, b unix.Stat_t
	return unix.Lstat(path, &a) == nil && unix.Fstat(fd, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}
