package ephemeral

import (
	"errors"
	"os"
	"sort"

	"golang.org/x/sys/unix"
)

// A dir is an open directory. The zero dir is one that does not exist: it has no
// entries.
type dir struct {
	fd  int
	run *Run
}

var noDir = dir{fd: -1}

// openRoot opens a directory of the store, which may be reached through symlinks: no
// sandbox may change what leads there.
func openRoot(path string) (dir, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return noDir, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return dir{fd: fd}, nil
}

// of is d as a part of a run, in whose entry the modes are noted that are widened there.
func (d dir) of(r *Run) dir { d.run = r; return d }

func (d dir) close() {
	if d.fd >= 0 {
		unix.Close(d.fd)
	}
}

func (d dir) exists() bool { return d.fd >= 0 }

// sub opens the directory name in d. It follows no symlink and crosses no mount. A
// directory whose mode lets even its owner not list it is made readable for the
// moment that opening it takes.
func (d dir) sub(name string) (dir, error) {
	how := &unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC | unix.O_NOFOLLOW,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_XDEV,
	}
	fd, err := openat2(d.fd, name, how)
	if errors.Is(err, unix.EACCES) {
		fd, err = d.subForced(name, how)
	}
	if err != nil {
		return noDir, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return dir{fd, d.run}, nil
}

func (d dir) subForced(name string, how *unix.OpenHow) (int, error) {
	st, err := d.stat(name)
	if err != nil {
		return -1, err
	}
	if st == nil || st.Mode&unix.S_IFMT != unix.S_IFDIR || st.Mode&0o700 == 0o700 {
		return -1, unix.EACCES
	}
	back, err := d.widenAt(name, 0o700)
	defer back()
	if err != nil {
		return -1, unix.EACCES
	}
	return openat2(d.fd, name, how)
}

// chmod changes the mode of the entry name, if that is of the kind that mode says. It
// follows no symlink, also before Linux 6.6, which has no call for that.
func (d dir) chmod(name string, mode uint32) error {
	fd, err := unix.Openat(d.fd, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if (st.Mode^mode)&unix.S_IFMT != 0 {
		return unix.ESTALE // another thing has come there meanwhile
	}
	return unix.Chmod(procFD(fd), mode&0o7777)
}

// openat2 tries again while a rename elsewhere makes the kernel give up (EAGAIN,
// openat2(2)).
func openat2(at int, name string, how *unix.OpenHow) (int, error) {
	for range 100 {
		fd, err := unix.Openat2(at, name, how)
		if err == unix.EAGAIN || err == unix.EINTR {
			continue
		}
		return fd, err
	}
	return -1, unix.EAGAIN
}

// stat returns what the entry name is, or nil where there is none.
func (d dir) stat(name string) (*unix.Stat_t, error) {
	if !d.exists() {
		return nil, nil
	}
	var st unix.Stat_t
	err := unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	switch {
	case errors.Is(err, unix.ENOENT):
		return nil, nil
	case err != nil:
		return nil, &os.PathError{Op: "stat", Path: name, Err: err}
	}
	return &st, nil
}

// names returns the entries, sorted.
func (d dir) names() ([]string, error) {
	if !d.exists() {
		return nil, nil
	}
	// A descriptor of its own: the position in the directory belongs to it.
	fd, err := unix.Openat(d.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.EACCES) {
		fd, err = unix.FcntlInt(uintptr(d.fd), unix.F_DUPFD_CLOEXEC, 0)
		if err == nil {
			_, err = unix.Seek(fd, 0, 0)
		}
	}
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), ".")
	defer f.Close()
	list, err := f.Readdirnames(-1)
	sort.Strings(list)
	return list, err
}

// attributes returns the extended attributes of the entry name that are not the
// overlay's own. An entry that cannot have any has none.
func (d dir) attributes(name string, st *unix.Stat_t) (map[string]string, error) {
	kind := st.Mode & unix.S_IFMT
	if kind != unix.S_IFREG && kind != unix.S_IFDIR {
		return nil, nil
	}
	path := d.path(name)
	list, err := read(func(b []byte) (int, error) { return unix.Llistxattr(path, b) })
	if err != nil {
		return nil, ignoreUnsupported(err)
	}
	all := map[string]string{}
	for _, a := range splitNul(list) {
		if hasMarkPrefix(a) {
			continue
		}
		v, err := read(func(b []byte) (int, error) { return unix.Lgetxattr(path, a, b) })
		if err != nil {
			if errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENODATA) {
				continue
			}
			return nil, err
		}
		all[a] = v
	}
	return all, nil
}

// path names an entry of d by the descriptor of d: calls without an …at form need a
// path. The last part of the path is a plain entry, which the l… calls do not follow.
func (d dir) path(name string) string { return procFD(d.fd) + "/" + name }

// read calls get with a buffer that is large enough.
func read(get func([]byte) (int, error)) (string, error) {
	for size := 256; ; size *= 4 {
		b := make([]byte, size)
		n, err := get(b)
		if err == nil {
			return string(b[:n]), nil
		}
		if err != unix.ERANGE || size > 1<<20 {
			return "", err
		}
	}
}

func ignoreUnsupported(err error) error {
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		return nil
	}
	return err
}

// link returns where the symlink name leads.
func (d dir) link(name string) (string, error) {
	b := make([]byte, unix.PathMax+1)
	n, err := unix.Readlinkat(d.fd, name, b)
	if err != nil {
		return "", err
	}
	return string(b[:n]), nil
}
