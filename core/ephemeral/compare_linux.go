package ephemeral

import (
	"bytes"
	"io"
	"maps"
	"os"

	"golang.org/x/sys/unix"
)

func isDir(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFDIR }

func metadataDiffers(a, b *unix.Stat_t) bool {
	return a.Mode != b.Mode || a.Uid != b.Uid || a.Gid != b.Gid
}

// sameFile reports whether two entries that are no directories are the same in kind,
// metadata and content. The content is always read: the command can set sizes and
// times as it likes.
func sameFile(upper dir, up *unix.Stat_t, lower dir, low *unix.Stat_t, name string) (bool, error) {
	if metadataDiffers(up, low) || up.Rdev != low.Rdev || up.Mtim != low.Mtim && up.Mode&unix.S_IFMT != unix.S_IFREG {
		return false, nil
	}
	if !sameAttributes(upper, up, lower, low, name) {
		return false, nil
	}
	switch up.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		a, err := upper.link(name)
		if err != nil {
			return false, err
		}
		b, err := lower.link(name)
		return a == b, err
	case unix.S_IFREG:
		if up.Size != low.Size || up.Mtim != low.Mtim {
			return false, nil
		}
		return sameContent(upper, name, lower, name)
	}
	return true, nil
}

func sameAttributes(upper dir, up *unix.Stat_t, lower dir, low *unix.Stat_t, name string) bool {
	a, err := upper.attributes(name, up)
	if err != nil {
		return false
	}
	b, err := lower.attributes(name, low)
	return err == nil && maps.Equal(a, b)
}

// sameContent compares two files of the same size. A file that cannot be read counts
// as changed.
func sameContent(upper dir, a string, lower dir, b string) (bool, error) {
	f, err := upper.open(a)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	g, err := lower.open(b)
	if err != nil {
		return false, nil
	}
	defer g.Close()
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err1 := io.ReadFull(f, x)
		m, err2 := io.ReadFull(g, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if err1 != nil || err2 != nil {
			return end(err1) && end(err2), nil
		}
	}
}

func end(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// open opens a regular file for reading, also where its mode forbids that to its owner.
func (d dir) open(name string) (*os.File, error) {
	how := &unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	}
	fd, err := openat2(d.fd, name, how)
	if err == unix.EACCES {
		var back func()
		if back, err = d.widenAt(name, 0o400); err == nil {
			fd, err = openat2(d.fd, name, how)
		}
		back()
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}
