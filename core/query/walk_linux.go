package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A place is where a path leads, as path_resolution(7) has it.
type place struct {
	path string // absolute and without symlinks, whether or not it exists
	up   *node  // the directory in which the last name is looked up; / has /
	node *node  // what is there; nil if nothing
	// missing is how many names of the path do not exist: 1 if only the last.
	missing int
	slash   bool // a slash follows the last name
	// slashed tells that a slash followed a symlink at the end of the path or of
	// what it led to: open(2) with O_CREAT stops there.
	slashed bool
	// last is the last name as it was written: ".", ".." and "/" are no names
	// that could be made or removed.
	last string
	// own is this process's number, where the way led through /proc/self, and
	// outside tells that it ended at a process that is not in the sandbox.
	own     string
	outside bool
}

// named reports whether the last name is one that could be made or removed.
func (p *place) named() bool { return p.last != "." && p.last != ".." && p.last != "/" }

// walk follows path to where it leads; follow tells whether to follow a symlink
// at its end too. Where the way ends early, the place says how far it came, for
// the policy's part of the verdict, and the errno why.
func (d *disk) walk(path string, follow bool) (place, unix.Errno) {
	w := walker{d: d, follow: follow}
	if path == "" {
		return place{path: d.cwd, last: "."}, unix.ENOENT
	}
	if len(path) >= unix.PathMax || strings.IndexByte(path, 0) >= 0 {
		return place{path: "/", last: "/"}, unix.ENAMETOOLONG
	}
	var errno unix.Errno
	if w.at, errno = d.root(); errno != 0 {
		return place{path: "/", last: "/"}, errno
	}
	rest := path
	if path[0] != '/' && !strings.HasPrefix(d.cwd, "/") {
		return place{path: "/", last: "/"}, unix.ENOENT // it was removed, or is out of this root
	}
	if path[0] != '/' {
		// The working directory is open: its own path need not be searchable.
		rest = d.cwd + "/" + path
	}
	p, errno := w.run(rest)
	p.slashed, p.own, p.outside = w.slashed, w.own, w.outside
	return p, errno
}

type walker struct {
	d      *disk
	follow bool
	at     *node
	links  int
	// These are place's.
	slashed, outside bool
	own              string
}

// run consumes rest from w.at.
func (w *walker) run(rest string) (place, unix.Errno) {
	p := place{path: w.at.path, up: w.at, node: w.at, last: "/"}
	for {
		trimmed := strings.TrimLeft(rest, "/")
		if trimmed == "" {
			p.slash = p.slash || p.last != "/" && rest != ""
			return w.end(p)
		}
		name, tail, _ := strings.Cut(trimmed, "/")
		rest = trimmed[len(name):]
		if !w.at.dir() {
			return w.lost(w.at, trimmed, unix.ENOTDIR)
		}
		if name == "." || name == ".." {
			if errno := w.d.access(w.at, unix.X_OK); errno != 0 {
				return w.lost(w.at, trimmed, errno)
			}
			up := w.at
			if name == ".." && w.at.parent != nil {
				w.at = w.at.parent
			}
			p = place{path: w.at.path, up: up, node: w.at, last: name}
			continue
		}
		n, errno := w.d.look(w.at, spec.Join(w.at.path, name))
		if errno == unix.ENOENT && w.at.nlink == 0 {
			// Removed, but still mounted here: nothing can be made in it.
			return w.lost(w.at, trimmed, errno)
		}
		last := strings.Trim(tail, "/") == ""
		switch {
		case errno == unix.ENOENT && last:
			return place{path: spec.Join(w.at.path, name), up: w.at, missing: 1, slash: rest != "", last: name}, unix.ENOENT
		case errno != 0:
			return w.lost(w.at, trimmed, errno)
		}
		// A symlink at the end is followed for a slash behind it, unless the
		// operation is about the name.
		if n.is(unix.S_IFLNK) && (!last || w.follow) {
			if w.links++; w.links > 40 {
				return w.lost(w.at, trimmed, unix.ELOOP)
			}
			if last && !w.d.mayFollow(n) {
				return w.lost(w.at, trimmed, unix.EACCES)
			}
			w.slashed = w.slashed || last && rest != ""
			if w.d.self(n) {
				w.own, _, _ = strings.Cut(n.target, "/")
			} else if pid := w.d.process(n); pid != "" {
				to, errno := w.jump(n, pid)
				if errno != 0 {
					return w.lost(w.at, trimmed, errno)
				}
				if to != nil {
					w.at = to
					p = place{path: n.path, up: n.parent, node: to, last: name}
					continue
				}
			}
			if strings.HasPrefix(n.target, "/") {
				if w.at, errno = w.d.root(); errno != 0 {
					return place{path: "/", last: "/"}, errno
				}
			}
			p = place{path: w.at.path, up: w.at, node: w.at, last: "/"}
			rest = n.target + rest
			continue
		}
		p = place{path: n.path, up: w.at, node: n, slash: rest != "", last: name}
		w.at = n
	}
}

func (w *walker) end(p place) (place, unix.Errno) {
	if p.slash && p.node != nil && !p.node.dir() && w.follow {
		return p, unix.ENOTDIR
	}
	return p, 0
}

// lost ends the walk at a name that cannot be passed. The rest of the path is
// kept as it was written, so that a deny can be told by it.
func (w *walker) lost(at *node, rest string, errno unix.Errno) (place, unix.Errno) {
	path, missing := at.path, 0
	for name := range strings.SplitSeq(rest, "/") {
		switch name {
		case "", ".":
		case "..":
			path = spec.Parent(path)
		default:
			path = spec.Join(path, name)
			missing++
		}
	}
	return place{path: path, up: at, missing: max(missing, 2), last: spec.Base(path)}, errno
}
