package temp

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A remover removes trees that a hostile program may have left in one directory,
// and may still be changing: directories without rights, such as Go's module
// cache has, deeper ones than there are descriptors, more files than there is
// time for. It follows no symlink and enters no other file system.
type remover struct {
	dir   int // where the trees are
	dev   uint64
	until time.Time
	moved int // directories brought up from too deep
}

// deepest is how far down directories are removed in place. What is deeper is
// first moved up.
const deepest = 32

func newRemover(dir int, until time.Time) *remover {
	r := &remover{dir: dir, until: until}
	var st unix.Stat_t
	if unix.Fstat(dir, &st) == nil {
		r.dev = uint64(st.Dev)
	}
	return r
}

// remove removes name, with all that is in it. After an error some of it is left.
func (r *remover) remove(name string) error { return r.entry(r.dir, name, r.dir, 0) }

// entry removes name in dir. top is the directory of the tree itself.
func (r *remover) entry(dir int, name string, top, depth int) error {
	if time.Now().After(r.until) {
		return os.ErrDeadlineExceeded
	}
	var st unix.Stat_t
	if err := unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return absent(err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return absent(unix.Unlinkat(dir, name, 0))
	}
	if uint64(st.Dev) != r.dev {
		return unix.EXDEV
	}
	if st.Mode&0o700 != 0o700 {
		open(dir, name)
	}
	if depth > deepest {
		return r.moveUp(dir, name, top)
	}
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return absent(err)
	}
	defer unix.Close(fd)
	if depth == 0 {
		top = fd
	}
	if err := r.empty(fd, top, depth); err != nil {
		return err
	}
	return absent(unix.Unlinkat(dir, name, unix.AT_REMOVEDIR))
}

// empty removes what is in the directory fd, until nothing is: something may have
// been moved up meanwhile.
func (r *remover) empty(fd, top, depth int) error {
	for {
		names, err := entries(fd)
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			if err := r.entry(fd, name, top, depth+1); err != nil {
				return err
			}
		}
		if _, err := unix.Seek(fd, 0, 0); err != nil {
			return err
		}
	}
}

// moveUp moves a directory to the top of its tree under a name of its own.
func (r *remover) moveUp(dir int, name string, top int) error {
	for {
		r.moved++
		err := unix.Renameat(dir, name, top, "moved."+strconv.Itoa(r.moved))
		if err != unix.EEXIST && err != unix.ENOTEMPTY && err != unix.ENOTDIR || time.Now().After(r.until) {
			return absent(err)
		}
	}
}

// open gives the owner all rights to a directory. Kernels before 6.6 cannot be
// told to follow no symlink that has just taken its place; whoever could lay one
// there could change the same rights.
func open(dir int, name string) {
	err := unix.Fchmodat(dir, name, 0o700, unix.AT_SYMLINK_NOFOLLOW)
	if err == unix.EOPNOTSUPP || err == unix.ENOSYS {
		unix.Fchmodat(dir, name, 0o700, 0)
	}
}

// absent makes no error of what somebody else has removed.
func absent(err error) error {
	if err == unix.ENOENT {
		return nil
	}
	return err
}
