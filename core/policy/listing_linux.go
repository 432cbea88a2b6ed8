package policy

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// list lists dir once. Hundreds of protected paths lie in a few directories;
// most of them do not exist, and one listing tells.
func (r *resolver) list(dir string) *listing {
	if l := r.lists[dir]; l != nil {
		return l
	}
	l := &listing{names: map[string]kind{}}
	r.lists[dir] = l
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		l.unknown = err != unix.ENOENT && err != unix.ENOTDIR
		return l
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Getdents(fd, r.buffer[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			l.unknown = true
		}
		if n <= 0 {
			return l
		}
		l.take(r.buffer[:n])
	}
}

// take reads the entries that getdents64(2) wrote.
func (l *listing) take(buf []byte) {
	for len(buf) > 0 {
		ent := (*unix.Dirent)(unsafe.Pointer(&buf[0]))
		name := buf[unsafe.Offsetof(ent.Name):ent.Reclen]
		name = name[:bytes.IndexByte(name, 0)]
		buf = buf[ent.Reclen:]
		switch ent.Type {
		case unix.DT_LNK:
			l.names[string(name)] = isLink
		case unix.DT_DIR:
			l.names[string(name)] = isDir
		case unix.DT_UNKNOWN:
			l.unknown = true // this file system tells no types
		default:
			l.names[string(name)] = isOther
		}
	}
}
