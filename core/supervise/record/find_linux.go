package record

import (
	"strings"

	"github.com/nono-sandbox/nono/core/learn"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/attempt"
	"github.com/nono-sandbox/nono/core/supervise/caller"
	"golang.org/x/sys/unix"
)

// A place is where a path leads: to something, or to a name that is free.
type place struct {
	path   string
	exists bool
	dir    bool
}

// follow finds where path leads, as this process sees the disk: to something, or, where
// free is set, to a name that is free. Nothing is opened but the way there, and links of
// /proc that lead to things by themselves are not followed.
func follow(path string, noFollow, free bool) (place, bool) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_MAGICLINKS}
	if noFollow {
		how.Flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat2(unix.AT_FDCWD, path, &how)
	if err == nil {
		defer unix.Close(fd)
		var st unix.Stat_t
		real, err := caller.RealPath(fd)
		if err != nil || unix.Fstat(fd, &st) != nil {
			return place{}, false
		}
		return place{real, true, st.Mode&unix.S_IFMT == unix.S_IFDIR}, true
	}
	if err != unix.ENOENT || !free {
		return place{}, false
	}
	trimmed := strings.TrimRight(path, "/")
	at := strings.LastIndexByte(trimmed, '/')
	if at < 0 {
		return place{}, false
	}
	name := trimmed[at+1:]
	if name == "" || name == "." || name == ".." {
		return place{}, false
	}
	up, ok := follow(trimmed[:at+1]+".", false, false)
	if !ok || !up.dir {
		return place{}, false
	}
	return place{path: spec.Join(up.path, name)}, true
}

// one says what an attempt on one path uses. What is not there and is not made uses
// nothing: no grant would change that.
func one(a *attempt.Attempt, path string) []learn.Use {
	makes := a.Flags&unix.O_CREAT != 0
	p, ok := follow(path, a.NoFollow, makes || a.OfNames())
	if !ok || strings.HasPrefix(p.path, "/proc/") {
		return nil
	}
	use := func(op learn.Op) learn.Use { return learn.Use{Op: op, Path: learn.Text(p.path), Dir: p.dir} }
	switch a.Op {
	case query.Read, query.List:
		if p.exists {
			return []learn.Use{use(learn.Read)}
		}
	case query.Execute:
		if p.exists && !p.dir {
			return []learn.Use{use(learn.Execute)}
		}
	case query.Write, query.Truncate, query.ReadWrite:
		switch {
		case p.dir:
		case p.exists && a.Op == query.ReadWrite:
			return []learn.Use{use(learn.Read), use(learn.Write)}
		case p.exists:
			return []learn.Use{use(learn.Write)}
		case makes && a.Op == query.ReadWrite:
			return []learn.Use{use(learn.Create), use(learn.Read)}
		case makes:
			return []learn.Use{use(learn.Create)}
		}
	case query.Create, query.Symlink, query.Mkfifo, query.Mksock:
		if !p.exists {
			return []learn.Use{use(learn.Create)}
		}
	case query.Mkdir:
		if !p.exists {
			return []learn.Use{use(learn.Mkdir)}
		}
	case query.Delete:
		if p.exists && !p.dir {
			return []learn.Use{use(learn.Remove)}
		}
	case query.Rmdir:
		if p.dir {
			return []learn.Use{use(learn.Rmdir)}
		}
	}
	return nil
}

// both says what a rename or a link uses. The kernel lets a file change its directory
// only where it gains no rights by that, so both directories have to be alike.
func both(a *attempt.Attempt, from, to string) []learn.Use {
	f, ok := follow(from, true, false)
	if !ok || !f.exists {
		return nil
	}
	t, ok := follow(to, true, true)
	if !ok {
		return nil
	}
	took, made := learn.Remove, learn.Create
	if f.dir {
		took, made = learn.Rmdir, learn.Mkdir
	}
	if a.Op != query.RenameTo {
		took = learn.Create
	}
	uses := []learn.Use{{Op: took, Path: learn.Text(f.path), Dir: f.dir}, {Op: made, Path: learn.Text(t.path), Dir: f.dir}}
	if !f.dir && spec.Parent(f.path) != spec.Parent(t.path) {
		uses = append(uses, learn.Use{Op: learn.Read, Path: learn.Text(f.path)}, learn.Use{Op: learn.Write, Path: learn.Text(f.path)})
	}
	return uses
}
