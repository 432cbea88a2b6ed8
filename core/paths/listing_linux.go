package paths

import (
	"bytes"

	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// List lists dir once. Hundreds of protected paths lie in a few directories;
// most of them do not exist, and one listing tells.
func (r *Resolver) List(dir string) *Listing {
	if l := r.lists[dir]; l != nil {
		return l
	}
	l := &Listing{names: map[string]Kind{}}
	r.lists[dir] = l
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		l.Unknown = err != unix.ENOENT && err != unix.ENOTDIR
		return l
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Getdents(fd, r.buffer[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			l.Unknown = true
		}
		if n <= 0 {
			return l
		}
		l.take(r.buffer[:n])
	}
}

// take reads the entries that getdents64(2) wrote.
func (l *Listing) take(buf []byte) {
	for len(buf) > 0 {
		var e fdio.Dirent
		e, buf = fdio.Entry(buf)
		name := e.Name[:bytes.IndexByte(e.Name, 0)]
		switch e.Kind {
		case unix.DT_LNK:
			l.names[string(name)] = IsLink
		case unix.DT_DIR:
			l.names[string(name)] = IsDir
		case unix.DT_UNKNOWN:
			l.Unknown = true
			l.names[string(name)] = IsUnknown
		default:
			l.names[string(name)] = IsOther
		}
	}
}
