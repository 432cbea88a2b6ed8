package ephemeral

import (
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// copyFile copies a regular file with its mode and times. to must not exist.
func copyFile(from, to string) error {
	f, err := os.OpenFile(from, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return fault.Text("only a regular file can be copied")
	}
	g, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := fillFile(f, g, &st); err != nil {
		g.Close()
		return err
	}
	return g.Close()
}

// fillFile gives g the content, the mode, the times and, as root, the owner of f.
// Where the file system can share the blocks it does; holes stay holes.
func fillFile(f, g *os.File, st *unix.Stat_t) error {
	if unix.IoctlFileClone(int(g.Fd()), int(f.Fd())) != nil {
		if err := copyData(f, g, st.Size); err != nil {
			return err
		}
	}
	fd := int(g.Fd())
	if os.Geteuid() == 0 {
		if err := unix.Fchown(fd, int(st.Uid), int(st.Gid)); err != nil {
			return err
		}
	}
	if err := copyAttributes(int(f.Fd()), fd); err != nil {
		return err
	}
	if err := unix.Fchmod(fd, st.Mode&0o7777); err != nil {
		return err
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, procFD(fd), []unix.Timespec{st.Atim, st.Mtim}, 0)
}

// copyData copies what is between the holes.
func copyData(f, g *os.File, size int64) error {
	if err := g.Truncate(size); err != nil {
		return err
	}
	for at := int64(0); at < size; {
		data, err := unix.Seek(int(f.Fd()), at, unix.SEEK_DATA)
		if err == unix.ENXIO {
			return nil // There is only a hole up to the end.
		}
		if err != nil {
			return err
		}
		hole, err := unix.Seek(int(f.Fd()), data, unix.SEEK_HOLE)
		if err != nil {
			return err
		}
		if _, err := f.Seek(data, io.SeekStart); err != nil {
			return err
		}
		if _, err := g.Seek(data, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.CopyN(g, f, hole-data); err != nil {
			return err
		}
		at = hole
	}
	return nil
}

func copyAttributes(from, to int) error {
	list, err := read(func(b []byte) (int, error) { return unix.Flistxattr(from, b) })
	if err != nil {
		return ignoreUnsupported(err)
	}
	for _, a := range splitNul(list) {
		if hasMarkPrefix(a) {
			continue
		}
		v, err := read(func(b []byte) (int, error) { return unix.Fgetxattr(from, a, b) })
		if err != nil {
			continue
		}
		if err := unix.Fsetxattr(to, a, []byte(v), 0); err != nil && ignoreUnsupported(err) != nil {
			return err
		}
	}
	return nil
}

// replaceAttributes gives to the attributes of from, and no others.
func replaceAttributes(from, to int) error {
	list, err := read(func(b []byte) (int, error) { return unix.Flistxattr(to, b) })
	if err != nil {
		return ignoreUnsupported(err)
	}
	for _, a := range splitNul(list) {
		if _, err := read(func(b []byte) (int, error) { return unix.Fgetxattr(from, a, b) }); err == unix.ENODATA {
			if err := unix.Fremovexattr(to, a); err != nil && err != unix.ENODATA && ignoreUnsupported(err) != nil {
				return err
			}
		}
	}
	return copyAttributes(from, to)
}

// copyBeside copies an entry of a store on another file system to a name beside the
// original, and returns the name.
func (k *keeper) copyBeside(inner string, upper dir, name string, lower dir) (string, error) {
	temp, err := k.temp(lower)
	if err != nil {
		return "", err
	}
	up, err := upper.stat(name)
	if err != nil {
		return "", err
	}
	if err := removeAll(lower, temp); err != nil {
		return "", err
	}
	// The names that were kept before are no links of the inode any more. After a kill
	// the next Keep does not know them, and the names become files of their own.
	if first, ok := k.links[up.Ino]; ok {
		if ok, err := first.link(lower, temp); ok || err != nil {
			return temp, err
		}
	}
	if up.Mode&unix.S_IFMT == unix.S_IFREG && up.Mode&0o400 == 0 {
		back, err := upper.widenAt(name, 0o400)
		defer back()
		if err != nil {
			return "", err
		}
	}
	if err := makeCopy(upper, name, lower, temp, up); err != nil || up.Nlink == 1 {
		return temp, err
	}
	made, err := lower.stat(temp)
	if err == nil && made != nil {
		k.links[up.Ino] = placed{filepath.Join(k.at, inner), made.Dev, made.Ino}
	}
	return temp, err
}

// makeCopy copies an entry that is no directory to the name temp.
func makeCopy(upper dir, name string, lower dir, temp string, up *unix.Stat_t) error {
	switch up.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return copyInto(upper, name, lower, temp, up)
	case unix.S_IFLNK:
		to, err := upper.link(name)
		if err != nil {
			return err
		}
		if err := unix.Symlinkat(to, lower.fd, temp); err != nil {
			return err
		}
	default: // A fifo or a socket: no other kind can be made inside.
		if err := unix.Mknodat(lower.fd, temp, up.Mode, 0); err != nil {
			return err
		}
		if err := lower.chmod(temp, up.Mode); err != nil {
			return err
		}
	}
	return unix.UtimesNanoAt(lower.fd, temp, []unix.Timespec{up.Atim, up.Mtim}, unix.AT_SYMLINK_NOFOLLOW)
}

func copyInto(upper dir, name string, lower dir, temp string, up *unix.Stat_t) error {
	f, err := upper.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	fd, err := unix.Openat(lower.fd, temp, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	g := os.NewFile(uintptr(fd), temp)
	if err := fillFile(f, g, up); err != nil {
		g.Close()
		return err
	}
	if err := g.Sync(); err != nil {
		g.Close()
		return err
	}
	return g.Close()
}

func differentFS(a, b dir) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a.fd, &x) != nil || unix.Fstat(b.fd, &y) != nil || x.Dev != y.Dev
}
