package policy

import (
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A place is where a path leads.
type place struct {
	path   string // absolute, clean and without symlinks, as far as it exists
	exists bool
	mode   uint32 // file type bits (inode(7)), if it exists
	dev    uint64
	ino    uint64
	nlink  uint64
}

func (p place) dir() bool { return p.exists && p.mode&unix.S_IFMT == unix.S_IFDIR }
func (p place) device() bool {
	return p.mode&unix.S_IFMT == unix.S_IFCHR || p.mode&unix.S_IFMT == unix.S_IFBLK
}

// resolver follows symlinks as the kernel does, and asks about each path once:
// hundreds of protected paths share a few directories.
type resolver struct {
	seen map[string]entry
	// dirs are directories met, by their names as given, with where they lead.
	dirs   map[string]string
	lists  map[string]*listing
	buffer [32 << 10]byte
}

type entry struct {
	place  place
	target string // of a symlink
	err    error
}

func newResolver() *resolver {
	return &resolver{seen: make(map[string]entry, 128), lists: map[string]*listing{}, dirs: make(map[string]string, 64)}
}

func (r *resolver) look(path string) entry {
	if e, ok := r.seen[path]; ok {
		return e
	}
	var e entry
	var st unix.Stat_t
	switch err := unix.Lstat(path, &st); err {
	case nil:
		e.place = found(path, &st)
		if e.place.mode&unix.S_IFMT == unix.S_IFLNK {
			e.target, e.err = readlink(path)
		}
	case unix.ENOENT, unix.ENOTDIR:
		e.place.path = path
	default:
		e.place.path, e.err = path, err
	}
	r.seen[path] = e
	return e
}

func found(path string, st *unix.Stat_t) place {
	if uint32(st.Mode)&unix.S_IFMT != unix.S_IFLNK {
		path = spelled(path)
	}
	return place{path: path, exists: true, mode: uint32(st.Mode), dev: uint64(st.Dev), ino: st.Ino, nlink: uint64(st.Nlink)}
}

func readlink(path string) (string, error) {
	buf := make([]byte, 4096)
	n, err := unix.Readlink(path, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

// resolve follows path, which is absolute, to where it leads. A path that does
// not exist, or goes on beneath a file, is resolved as far as it does. More than
// 40 symlinks are ELOOP, as in path_resolution(7).
func (r *resolver) resolve(path string) (place, error) {
	dir, name := spec.Parent(path), spec.Base(path)
	if name == "" || name == "." || name == ".." {
		return r.walk(path)
	}
	real, known := r.dirs[dir]
	if !known {
		at, err := r.walk(dir)
		if err != nil {
			return place{path: at.path}, err
		}
		if !at.exists {
			return place{path: filepath.Clean(spec.Join(at.path, name))}, nil
		}
		real = at.path
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
		return place{path: at}, nil
	}
	return r.walk(at)
}

// walk is resolve, one component after the other.
func (r *resolver) walk(path string) (place, error) {
	rest := path
	at := place{path: "/", exists: true, mode: unix.S_IFDIR}
	for links := 0; ; {
		name, tail, more := strings.Cut(strings.TrimLeft(rest, "/"), "/")
		if !at.dir() {
			// Nothing is beneath a file, not even "." or "..", or a slash.
			return place{path: filepath.Clean(spec.Join(at.path, name+"/"+tail))}, nil
		}
		if name == "" {
			return r.root(at), nil
		}
		rest = tail
		switch name {
		case ".":
			continue
		case "..":
			at = place{path: spec.Parent(at.path), exists: true, mode: unix.S_IFDIR}
			continue
		}
		e := r.look(spec.Join(at.path, name))
		switch {
		case e.err != nil:
			return place{path: e.place.path}, e.err
		case !e.place.exists:
			return place{path: filepath.Clean(spec.Join(e.place.path, rest))}, nil
		case e.place.mode&unix.S_IFMT == unix.S_IFLNK:
			if links++; links > 40 {
				return place{path: e.place.path}, unix.ELOOP
			}
			if strings.HasPrefix(e.target, "/") {
				at = place{path: "/", exists: true, mode: unix.S_IFDIR}
			}
			if rest = e.target; more {
				rest += "/" + tail
			}
			continue
		}
		if at = e.place; !more {
			return at, nil
		}
	}
}

// root completes a place reached through "..", whose facts were not looked at.
func (r *resolver) root(at place) place {
	if e := r.look(at.path); e.err == nil {
		return e.place
	}
	return at
}
