package paths

import (
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A Place is where a path leads, as path_resolution(7) has it.
type Place struct {
	Path string // absolute and without symlinks, whether or not it exists
	Up   *Node  // the directory in which the last name is looked up; / has /
	Node *Node  // what is there; nil if nothing
	// Missing is how many names of the path do not exist: 1 if only the last.
	Missing int
	Slash   bool // a slash follows the last name
	// Slashed tells that a slash followed a symlink at the end of the path or of
	// what it led to: open(2) with O_CREAT stops there.
	Slashed bool
	// Last is the last name as it was written: ".", ".." and "/" are no names
	// that could be made or removed.
	Last string
	// Own is this process's number, where the way led through /proc/self, and
	// Outside tells that it ended at a process that is not in the sandbox.
	Own     string
	Outside bool
	// Links are the paths of the symlinks that were followed, in that order.
	Links []string
}

// Named reports whether the last name is one that could be made or removed.
func (p *Place) Named() bool { return p.Last != "." && p.Last != ".." && p.Last != "/" }

// Walk follows path to where it leads; follow tells whether to follow a symlink
// at its end too. Where the way ends early, the Place says how far it came, for
// the policy's part of the verdict, and the errno why.
func (d *Disk) Walk(path string, follow bool) (Place, unix.Errno) {
	w := walker{d: d, follow: follow}
	if path == "" {
		return Place{Path: d.Dir, Last: "."}, unix.ENOENT
	}
	if !d.names && (len(path) >= pathMax || strings.IndexByte(path, 0) >= 0) {
		return Place{Path: "/", Last: "/"}, unix.ENAMETOOLONG
	}
	var errno unix.Errno
	if w.at, errno = d.Root(); errno != 0 {
		return Place{Path: "/", Last: "/"}, errno
	}
	rest := path
	if path[0] != '/' && !strings.HasPrefix(d.Dir, "/") {
		return Place{Path: "/", Last: "/"}, unix.ENOENT // it was removed, or is out of this root
	}
	if path[0] != '/' {
		// The working directory is open: its own path need not be searchable.
		rest = d.Dir + "/" + path
	}
	p, errno := w.run(rest)
	p.Slashed, p.Own, p.Outside, p.Links = w.slashed, w.own, w.outside, w.via
	return p, errno
}

type walker struct {
	d      *Disk
	follow bool
	at     *Node
	links  int
	// These are Place's.
	slashed, outside bool
	own              string
	via              []string
}

// run consumes rest from w.at.
func (w *walker) run(rest string) (Place, unix.Errno) {
	p := Place{Path: w.at.Path, Up: w.at, Node: w.at, Last: "/"}
	for {
		trimmed := strings.TrimLeft(rest, "/")
		if trimmed == "" {
			p.Slash = p.Slash || p.Last != "/" && rest != ""
			return w.end(p)
		}
		name, tail, _ := strings.Cut(trimmed, "/")
		rest = trimmed[len(name):]
		if !w.at.IsDir() {
			return w.lost(w.at, trimmed, unix.ENOTDIR)
		}
		if name == "." || name == ".." {
			var errno unix.Errno
			if p, errno = w.dot(name); errno != 0 {
				return w.lost(w.at, trimmed, errno)
			}
			continue
		}
		n, errno := w.d.look(w.at, spec.Join(w.at.Path, name))
		if errno == unix.ENOENT && w.at.Nlink == 0 {
			// Removed, but still mounted here: nothing can be made in it.
			return w.lost(w.at, trimmed, errno)
		}
		last := strings.Trim(tail, "/") == ""
		switch {
		case errno == unix.ENOENT && last:
			return Place{Path: spec.Join(w.at.Path, name), Up: w.at, Missing: 1, Slash: rest != "", Last: name}, unix.ENOENT
		case errno != 0:
			return w.lost(w.at, trimmed, errno)
		}
		// A symlink at the end is followed if a slash is after it, unless the operation
		// is about the name.
		if n.Is(unix.S_IFLNK) && (!last || w.follow) {
			if p, rest, errno = w.symlink(n, trimmed, rest, last); errno != 0 {
				return p, errno
			}
			continue
		}
		p = Place{Path: n.Path, Up: w.at, Node: n, Slash: rest != "", Last: name}
		w.at = n
	}
}

// dot goes to "." or "..".
func (w *walker) dot(name string) (Place, unix.Errno) {
	if !w.d.names {
		if errno := w.d.Access(w.at, unix.X_OK); errno != 0 {
			return Place{}, errno
		}
	}
	up := w.at
	if name == ".." && w.at.Parent != nil {
		w.at = w.at.Parent
	}
	return Place{Path: w.at.Path, Up: up, Node: w.at, Last: name}, 0
}

// symlink follows the symlink n, the first name in trimmed; rest is the path after it, and
// last reports whether rest has no name. It returns where the walk is then, and the path
// that is left; or with an errno, where the walk ends.
func (w *walker) symlink(n *Node, trimmed, rest string, last bool) (Place, string, unix.Errno) {
	fail := func(errno unix.Errno) (Place, string, unix.Errno) {
		p, errno := w.lost(w.at, trimmed, errno)
		return p, "", errno
	}
	if w.links++; w.links > 40 {
		return fail(unix.ELOOP)
	}
	if last && !w.d.mayFollow(n) {
		return fail(unix.EACCES)
	}
	w.slashed = w.slashed || last && rest != ""
	w.via = append(w.via, n.Path)
	if !w.d.names {
		to, errno := w.throughProcfs(n)
		if errno != 0 {
			return fail(errno)
		}
		if to != nil {
			w.at = to
			return Place{Path: n.Path, Up: n.Parent, Node: to, Last: spec.Base(n.Path)}, rest, 0
		}
	}
	if strings.HasPrefix(n.Target, "/") {
		root, errno := w.d.Root()
		if errno != 0 {
			return Place{Path: "/", Last: "/"}, "", errno
		}
		w.at = root
	}
	return Place{Path: w.at.Path, Up: w.at, Node: w.at, Last: "/"}, n.Target + rest, 0
}

func (w *walker) end(p Place) (Place, unix.Errno) {
	if p.Slash && p.Node != nil && !p.Node.IsDir() && w.follow {
		return p, unix.ENOTDIR
	}
	return p, 0
}

// lost ends the walk at a name that cannot be passed. The rest of the path is
// kept as it was written, so that a deny can be told by it.
func (w *walker) lost(at *Node, rest string, errno unix.Errno) (Place, unix.Errno) {
	path, missing := at.Path, 0
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
	return Place{Path: path, Up: at, Missing: max(missing, 2), Last: spec.Base(path)}, errno
}
