package files

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// A Place is where a path of a caller leads: a name in a directory that is held open,
// so that nobody can exchange it any more, and what lies there now.
type Place struct {
	// Dir is the directory, with O_PATH; -1 where there is only a thing: a descriptor of
	// the caller's, or what a link in its own /proc/PID leads to by itself.
	Dir int
	// Real is the directory's path, free of symlinks, as this process sees it; empty where
	// it has none, because it was removed.
	Real string
	// Base is the last component, "." where the path names a directory by itself.
	Base string
	// Slash tells that a slash follows the last component.
	Slash bool
	// Thing is what lies there, with O_PATH, or -1 for nothing; Stat is about it. It is a
	// symlink only where the call does not follow one.
	Thing int
	Stat  unix.Stat_t

	// last is how the path ended where Base is ".": ".", ".." or "/".
	last string
}

// Close lets go of the place.
func (p *Place) Close() {
	if p == nil {
		return
	}
	if p.Dir >= 0 {
		unix.Close(p.Dir)
	}
	if p.Thing >= 0 {
		unix.Close(p.Thing)
	}
}

// Path is the whole path, of which only the last component may be a symlink; empty where
// the directory has no path.
func (p *Place) Path() string {
	if p.Base == "." || p.Real == "" {
		return p.Real
	}
	return spec.Join(p.Real, p.Base)
}

// Stays reports whether the path still leads to the place, and to what was found there: a
// rename, of a directory on the way too, makes the path another's, while the descriptors
// stay.
func (p *Place) Stays() bool {
	fd, want := p.Dir, p.Real
	if fd < 0 {
		fd, want = p.Thing, p.Path()
	}
	if want != "" {
		if real, err := caller.RealPath(fd); err != nil || real != want {
			return false
		}
	}
	if p.Dir < 0 {
		return true
	}
	var st unix.Stat_t
	err := unix.Fstatat(p.Dir, p.Base, &st, unix.AT_SYMLINK_NOFOLLOW)
	if !p.Exists() {
		return err == unix.ENOENT
	}
	return err == nil && st.Dev == p.Stat.Dev && st.Ino == p.Stat.Ino
}

// Exists reports whether something lies there.
func (p *Place) Exists() bool { return p.Thing >= 0 }

// Is reports whether what lies there is of a type, one of unix.S_IFREG and its like.
func (p *Place) Is(kind uint32) bool { return p.Exists() && p.Stat.Mode&unix.S_IFMT == kind }

// byItself leads to Thing in a way that the kernel follows to that very thing.
func (p *Place) byItself() string { return "/proc/self/fd/" + strconv.Itoa(p.Thing) }

// Name is the last component as calls get it that never follow a link there. The kernel
// judges by the slash whether it has to be a directory.
func (p *Place) Name() string {
	if p.Slash {
		return p.Base + "/"
	}
	return p.Base
}

// look opens what lies at the place.
func (p *Place) look() error {
	fd, err := unix.Openat(p.Dir, p.Base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		p.Thing = -1
		return nil
	}
	if err != nil {
		return err
	}
	p.Thing = fd
	return unix.Fstat(fd, &p.Stat)
}

// ofThing is the place of an open file, which becomes the place's to close.
func ofThing(fd int) (*Place, error) {
	p := &Place{Dir: -1, Thing: fd, Base: "."}
	if err := unix.Fstat(fd, &p.Stat); err != nil {
		unix.Close(fd)
		return nil, err
	}
	// A file that has no name any more has no place in the policy either.
	if path, err := caller.RealPath(fd); err == nil {
		p.Real, p.Base = spec.Parent(path), spec.Base(path)
		if path == "/" {
			p.Real, p.Base = "/", "."
		}
	}
	return p, nil
}
