package ephemeral

import (
	"io"
	"os"

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
