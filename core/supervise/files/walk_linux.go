package files

import (
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// mostLinks is how many symlinks the kernel follows in one path (path_resolution(7)).
const mostLinks = 40

// errLeave is the error for a path that is the kernel's to follow: through another
// process's /proc/PID, for which the caller may lack a right that this process has.
const errLeave = unix.EDEADLK

// A walk follows one path of a caller's, one component at a time, as the kernel would.
type walk struct {
	root int // where an absolute path begins, and above which .. does not lead; not the walk's to close
	// plain tells that root is this process's own.
	plain    bool
	resolve  uint64 // the RESOLVE_ flags of openat2(2)
	create   bool   // O_CREAT is given
	pid, tid int    // the caller's, for /proc/self
	links    int
}

// follow says when a symlink at the end of a path is followed.
type follow int

const (
	always follow = iota
	slash         // if a slash follows it
	never
)

// find follows path, which begins at the directory start. It runs with the caller's
// credentials.
func (w *walk) find(start int, path string, last follow) (*Place, error) {
	cur, err := dup(start)
	if err != nil {
		return nil, err
	}
	for {
		if path == "" {
			unix.Close(cur)
			return nil, unix.ENOENT
		}
		if cur, err = w.begin(cur, path); err != nil {
			return nil, err
		}
		dir, p := split(path)
		if w.create && p.Slash && p.last == "" {
			unix.Close(cur)
			return nil, unix.EISDIR
		}
		if p.Dir, err = w.directory(cur, dir); err != nil {
			return nil, err
		}
		if err := p.look(); err != nil {
			p.Close()
			return nil, err
		}
		p.Real, _ = caller.RealPath(p.Dir)
		if !p.Is(unix.S_IFLNK) || last == never || last == slash && !p.Slash {
			return p, nil
		}
		next, thing, err := w.readlink(p.Dir, p.Base, p.Thing)
		switch {
		case err != nil:
			p.Close()
			return nil, err
		case thing >= 0:
			p.Close()
			found, err := ofThing(thing)
			if err == nil {
				found.Slash = p.Slash
			}
			return found, err
		}
		if p.Slash {
			next += "/"
		}
		cur, p.Dir, path = p.Dir, -1, next
		p.Close()
	}
}

// split cuts path into the way to its last component and the place in that directory.
func split(path string) (dir string, p *Place) {
	p = &Place{Dir: -1, Thing: -1}
	trimmed := strings.TrimRight(path, "/")
	p.Slash = trimmed != path
	at := strings.LastIndexByte(trimmed, '/')
	p.Base = trimmed[at+1:]
	switch p.Base {
	case "":
		p.last, p.Base = "/", "."
		return path, p
	case ".", "..":
		p.last, p.Base = p.Base, "."
		return path, p
	}
	return trimmed[:at+1], p
}

// begin exchanges cur for where path begins.
func (w *walk) begin(cur int, path string) (int, error) {
	if path[0] != '/' {
		return cur, nil
	}
	unix.Close(cur)
	if w.resolve&unix.RESOLVE_BENEATH != 0 {
		return -1, unix.EXDEV
	}
	return dup(w.root)
}

// directory follows all of dir, which may be empty, from cur, which it closes.
func (w *walk) directory(cur int, dir string) (int, error) {
	if w.plain && w.resolve == 0 && dir != "" {
		// Without a symlink on the way the kernel's walk and this one lead to the same.
		how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}
		name := strings.TrimLeft(dir, "/")
		if name == "" {
			name = "."
		}
		fd, err := unix.Openat2(cur, name, &how)
		if err == nil {
			unix.Close(cur)
			return fd, nil
		}
		if err != unix.ELOOP && err != unix.EAGAIN {
			unix.Close(cur)
			return -1, err
		}
	}
	left := components(dir)
	for len(left) > 0 {
		name := left[0]
		left = left[1:]
		next, more, err := w.step(cur, name)
		if err != nil {
			unix.Close(cur)
			return -1, err
		}
		if next != cur {
			unix.Close(cur)
			cur = next
		}
		if more != "" {
			if cur, err = w.begin(cur, more); err != nil {
				return -1, err
			}
			left = append(components(more), left...)
		}
	}
	return cur, nil
}

func components(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// step goes from the directory cur to the one that is name in it. Where that is a
// symlink, more is what it says, and next is cur.
func (w *walk) step(cur int, name string) (next int, more string, err error) {
	switch name {
	case ".":
		return cur, "", nil
	case "..":
		if same(cur, w.root) {
			if w.resolve&unix.RESOLVE_BENEATH != 0 {
				return -1, "", unix.EXDEV
			}
			return cur, "", nil
		}
	}
	fd, err := unix.Openat(cur, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, "", err
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil {
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFDIR:
			return fd, "", nil
		case unix.S_IFLNK:
			var thing int
			more, thing, err = w.readlink(cur, name, fd)
			unix.Close(fd)
			if err != nil || thing < 0 {
				return cur, more, err
			}
			if !isDir(thing) {
				unix.Close(thing)
				return -1, "", unix.ENOTDIR
			}
			return thing, "", nil
		default:
			err = unix.ENOTDIR
		}
	}
	unix.Close(fd)
	return -1, "", err
}

// readlink reads the symlink fd, which is name in dir. A link in the caller's own
// /proc/PID that leads to a thing by itself gives the thing, or else thing is -1.
func (w *walk) readlink(dir int, name string, fd int) (text string, thing int, err error) {
	if w.links++; w.links > mostLinks || w.resolve&unix.RESOLVE_NO_SYMLINKS != 0 {
		return "", -1, unix.ELOOP
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return "", -1, err
	}
	if fs.Type == unix.PROC_SUPER_MAGIC {
		return w.procLink(dir, name)
	}
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(fd, "", buf)
	return string(buf[:n]), -1, err
}

// procLink follows a link of /proc. What "self" is depends on who asks.
func (w *walk) procLink(dir int, name string) (string, int, error) {
	real, err := caller.RealPath(dir)
	if err != nil {
		return "", -1, errLeave
	}
	pid := strconv.Itoa(w.pid)
	if real == "/proc" {
		switch name {
		case "self":
			return pid, -1, nil
		case "thread-self":
			return pid + "/task/" + strconv.Itoa(w.tid), -1, nil
		}
		buf := make([]byte, unix.PathMax)
		n, err := unix.Readlinkat(dir, name, buf) // mounts, net: they say self/…
		return string(buf[:n]), -1, err
	}
	own := real+"/" == "/proc/"+pid+"/" || strings.HasPrefix(real, "/proc/"+pid+"/")
	switch {
	case w.resolve&unix.RESOLVE_NO_MAGICLINKS != 0:
		return "", -1, unix.ELOOP
	case w.resolve&(unix.RESOLVE_BENEATH|unix.RESOLVE_IN_ROOT) != 0:
		return "", -1, unix.EXDEV
	case !own:
		return "", -1, errLeave
	}
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_CLOEXEC, 0)
	return "", fd, err
}

func dup(fd int) (int, error) { return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0) }

func same(a, b int) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a, &x) == nil && unix.Fstat(b, &y) == nil && x.Dev == y.Dev && x.Ino == y.Ino
}

func isDir(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}
