package ephemeral

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// openOriginal opens the directory at the path of a tree or beneath it. When the run began
// no symlink lay on the way. Since then another sandbox may have put one there, which
// would lead keep out of all that the run was granted.
func openOriginal(r *Run, path string) (dir, error) {
	fd, err := openat2(unix.AT_FDCWD, path, original(unix.O_RDONLY))
	switch {
	case err == unix.EACCES: // its mode may forbid its owner to list it
		up, err2 := openat2(unix.AT_FDCWD, filepath.Dir(path), original(unix.O_PATH))
		if err2 != nil {
			return noDir, &os.PathError{Op: "open", Path: path, Err: err}
		}
		parent := dir{up, r}
		defer parent.close()
		return parent.sub(filepath.Base(path))
	case err == unix.ELOOP:
		return noDir, &fault.Error{Do: "use", Path: path, Err: fault.Text("a symbolic link is now on the way there"),
			Hint: "put the directory back where it was when the run began"}
	case err != nil:
		return noDir, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return dir{fd, r}, nil
}

func original(access uint64) *unix.OpenHow {
	return &unix.OpenHow{Flags: access | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS}
}

// makeOriginal opens the directory at path, and makes it again, with what leads there,
// where it is gone.
func makeOriginal(r *Run, path string) (dir, error) {
	d, err := openOriginal(r, path)
	if !errors.Is(err, os.ErrNotExist) || path == "/" {
		return d, err
	}
	parent, err := makeOriginal(r, filepath.Dir(path))
	if err != nil {
		return noDir, err
	}
	defer parent.close()
	if err := unix.Mkdirat(parent.fd, filepath.Base(path), 0o777); err != nil && err != unix.EEXIST {
		return noDir, &os.PathError{Op: "make", Path: path, Err: err}
	}
	return parent.sub(filepath.Base(path))
}

// A placed is a file that was put at the path of an original.
type placed struct {
	path     string
	dev, ino uint64
}

// link gives the file one more name in d, if the file is still what lies at its path. It
// reports whether it is.
func (p placed) link(d dir, name string) (bool, error) {
	parent, err := openOriginal(d.run, filepath.Dir(p.path))
	if err != nil {
		return false, nil
	}
	defer parent.close()
	fd, err := unix.Openat(parent.fd, filepath.Base(p.path), unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, nil
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Dev != p.dev || st.Ino != p.ino {
		return false, nil
	}
	return true, unix.Linkat(unix.AT_FDCWD, procFD(fd), d.fd, name, unix.AT_SYMLINK_FOLLOW)
}
