package paths

import (
	"path/filepath"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A Target is where a path leads.
type Target struct {
	Path     string // absolute, clean and without symlinks, as far as it exists
	Exists   bool
	Mode     uint32 // as in stat(2), if it exists
	Dev, Ino uint64
	Nlink    uint64
}

// IsDir reports whether it is a directory that exists.
func (t Target) IsDir() bool { return t.Exists && t.Mode&unix.S_IFMT == unix.S_IFDIR }

// IsDevice reports whether it is a device node.
func (t Target) IsDevice() bool {
	return t.Mode&unix.S_IFMT == unix.S_IFCHR || t.Mode&unix.S_IFMT == unix.S_IFBLK
}

// A Resolver says where paths lead, and asks about each directory once: hundreds
// of protected paths share a few. What this process may search it knows no better
// than the kernel tells it, but no setting of the kernel keeps it from following a
// link, and a link of procfs leads where its text says.
type Resolver struct {
	disk *Disk
	// dirs are directories met, by their names as given, with where they lead.
	dirs   map[string]string
	lists  map[string]*Listing
	buffer [8 << 10]byte
}

// NewResolver returns a Resolver that has looked at nothing yet.
func NewResolver() *Resolver {
	d := newDisk()
	d.names = true
	return &Resolver{disk: d, lists: map[string]*Listing{}, dirs: make(map[string]string, 64)}
}

// Resolve follows path, which is absolute, to where it leads. A path that does
// not exist, or goes on beneath a file, is resolved as far as it does. More than
// 40 symlinks are ELOOP, as in path_resolution(7).
func (r *Resolver) Resolve(path string) (Target, error) {
	dir, name := spec.Parent(path), spec.Base(path)
	if name == "" || name == "." || name == ".." {
		return r.walk(path)
	}
	real, known := r.dirs[dir]
	if !known {
		at, err := r.walk(dir)
		if err != nil {
			return Target{Path: at.Path}, err
		}
		if !at.Exists {
			return Target{Path: filepath.Clean(spec.Join(at.Path, name))}, nil
		}
		real = at.Path
		r.dirs[dir] = real
	}
	at := path
	if real != dir {
		at = spec.Join(real, name)
	}
	// What most paths are: no symlink in the last place. It is not remembered,
	// since few are asked about twice.
	var st unix.Stat_t
	switch err := unix.Lstat(at, &st); {
	case err == nil && uint32(st.Mode)&unix.S_IFMT != unix.S_IFLNK:
		return found(at, &st), nil
	case err == unix.ENOENT || err == unix.ENOTDIR:
		return Target{Path: at}, nil
	}
	return r.walk(at)
}

func found(path string, st *unix.Stat_t) Target {
	if uint32(st.Mode)&unix.S_IFMT != unix.S_IFLNK {
		path = spelled(path)
	}
	return Target{Path: path, Exists: true, Mode: uint32(st.Mode), Dev: uint64(st.Dev), Ino: st.Ino, Nlink: uint64(st.Nlink)}
}

// walk is Resolve, one name after the other.
func (r *Resolver) walk(path string) (Target, error) {
	_, t, err := r.Trace(path)
	return t, err
}

// Trace is Resolve, and returns the symlinks on the way too, each by the directory
// that it is really in.
func (r *Resolver) Trace(path string) (links []string, t Target, err error) {
	p, errno := r.disk.Walk(path, true)
	switch errno {
	case 0:
		return p.Links, target(p.Node), nil
	case unix.ENOENT, unix.ENOTDIR:
		return p.Links, Target{Path: p.Path}, nil
	}
	return p.Links, Target{Path: p.Path}, errno
}

func target(n *Node) Target {
	return Target{Path: n.Path, Exists: true, Mode: n.Mode, Dev: n.Dev, Ino: n.Ino, Nlink: n.Nlink}
}

// Name says what is at path itself: the directories of the name are resolved, its
// last part is not. link is what it says, where it is a symlink.
func (r *Resolver) Name(path string) (t Target, link string, err error) {
	p, errno := r.disk.Walk(path, false)
	switch {
	case errno == unix.ENOENT || errno == unix.ENOTDIR:
		return Target{Path: p.Path}, "", nil
	case errno != 0:
		return Target{Path: p.Path}, "", errno
	}
	return target(p.Node), p.Node.Target, nil
}
