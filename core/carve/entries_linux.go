package carve

import (
	"bytes"
	"unsafe"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A listing is a directory that is open for listing.
type listing struct {
	fd int
	// exact: the inode number in the listing is the number of the file with this name, on
	// the device dev, unless something is mounted on the name.
	exact bool
	dev   uint64
}

// list opens the directory fd, an O_PATH descriptor, for listing.
func list(fd int) (listing, error) {
	at, err := unix.Openat(fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return listing{}, err
	}
	l := listing{fd: at}
	var st unix.Stat_t
	var fs unix.Statfs_t
	if unix.Fstat(at, &st) == nil && unix.Fstatfs(at, &fs) == nil {
		l.dev = uint64(st.Dev)
		l.exact = rootsAlone(&st) && listsNumbers(&fs)
	}
	return l, nil
}

// rootsAlone reports whether only root can change the directory, and this process is not
// root. Then no command in a sandbox can exchange an entry between the listing and the
// opening. If there is an access control list, it gives at most the rights of the group
// bits (acl(5)).
func rootsAlone(dir *unix.Stat_t) bool {
	return dir.Uid == 0 && dir.Mode&(unix.S_IWGRP|unix.S_IWOTH) == 0 && unix.Geteuid() != 0
}

// listsNumbers reports whether the inode numbers in a listing are those of stat(2). On
// overlayfs, and for a subvolume of btrfs, they may differ.
func listsNumbers(fs *unix.Statfs_t) bool {
	switch uint32(fs.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.TMPFS_MAGIC:
		return true
	}
	return false
}

// anothers reports whether the directory fd belongs to another user. A command of that user
// could open the directory again, and the carve has not seen what is denied in it.
func anothers(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && int(st.Uid) != unix.Geteuid() && int(st.Uid) != unix.Getuid()
}

// searchable reports whether this process may look up names in the directory fd.
func searchable(fd int) bool {
	at, err := unix.Openat(fd, ".", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Close(at)
	}
	return err != unix.EACCES
}

// entries gives r to every entry of the directory n that the spec does not name.
func (w *walk) entries(n *node, fd int, r Rights) error {
	dir, err := list(fd)
	if err == unix.ENOENT {
		return nil // it was removed meanwhile: nothing is in it, nor ever will be
	}
	if err == unix.EACCES && anothers(fd) && !searchable(fd) {
		return nil // such as another user's home: this process can search it no more than the command
	}
	if err != nil {
		return &fault.Error{Do: "list", Path: n.path, Err: err, Hint: "it is on the way to a denied path: grant what is needed beneath it instead"}
	}
	defer unix.Close(dir.fd)
	defer w.opened.close()
	// The entries of one directory are finished before the next directory is opened.
	if w.dents == nil {
		w.dents = make([]byte, 32<<10)
	}
	for {
		size, err := unix.Getdents(dir.fd, w.dents)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return &fault.Error{Do: "list", Path: n.path, Err: err}
		}
		if size == 0 {
			return nil
		}
		for rest := w.dents[:size]; len(rest) > 0; {
			var e fdio.Dirent
			e, rest = fdio.Entry(rest)
			if e.Kind == unix.DT_LNK {
				continue // a symlink: the rules of what it leads to count
			}
			if err := w.entry(n, &dir, &e, r); err != nil {
				return err
			}
		}
	}
}

// entry gives r to one entry.
func (w *walk) entry(n *node, dir *listing, e *fdio.Dirent, r Rights) error {
	end := bytes.IndexByte(e.Name, 0)
	name := unsafe.String(&e.Name[0], end) // copied only where someone asks for the path
	if name == "." || name == ".." || n.find(name) != nil {
		return nil // it is visited by its name in the spec
	}
	fd, errno := w.openEntry(dir, e)
	switch errno {
	case 0:
	case unix.EMFILE, unix.ENFILE, unix.ENOMEM:
		return &fault.Error{Do: "open", Path: spec.Join(n.path, string(e.Name[:end])), Err: errno}
	default:
		return nil // it is gone, or cannot be looked at: it gets nothing
	}
	if w.stat.Mode&unix.S_IFMT == unix.S_IFLNK {
		return nil // a file system that does not tell types while listing
	}
	return w.give(fd, &w.stat, w.denied[id(&w.stat)].left(nil, r), n.path, name)
}

// openEntry opens one entry, and writes its state to w.stat. Most entries are plain files
// without another name that is denied. If the listing is exact, it tells this, and openEntry
// does not call fstat(2).
func (w *walk) openEntry(dir *listing, e *fdio.Dirent) (int, unix.Errno) {
	if dir.exact && e.Kind == unix.DT_REG && w.denied[ID{dir.dev, e.Ino}] == nil {
		// RESOLVE_NO_XDEV: if something is mounted on the name, this is another file.
		if fd, errno := w.opened.open(dir.fd, &e.Name[0], unix.RESOLVE_NO_XDEV); errno == 0 {
			w.stat.Mode, w.stat.Dev, w.stat.Ino = unix.S_IFREG, dir.dev, e.Ino
			return fd, 0
		}
	}
	fd, errno := w.opened.open(dir.fd, &e.Name[0], 0)
	if errno == 0 {
		errno = fstat(fd, &w.stat)
	}
	return fd, errno
}
