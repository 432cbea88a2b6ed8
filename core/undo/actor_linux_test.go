package undo

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An actor changes a tree as the supervisor does for a command: each change is written
// into the journal first, and then made.
type actor struct {
	*rand.Rand
	j    *Journal
	root string
}

// places opens the places of an operation. It follows no symlink, as the supervisor has
// followed them already.
func places(paths ...string) ([]*Place, func(), error) {
	var fds []int
	closeAll := func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}
	var all []*Place
	for _, path := range paths {
		dir, base := filepath.Split(path)
		fd, err := OpenDir(filepath.Clean(dir))
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		fds = append(fds, fd)
		p := &Place{Dir: fd, Parent: filepath.Clean(dir), Base: base, Thing: -1}
		if thing, err := unix.Openat(fd, base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
			p.Thing = thing
			fds = append(fds, thing)
		}
		all = append(all, p)
	}
	return all, closeAll, nil
}

// do performs one operation: before writes it down, act makes it.
func (a *actor) do(paths []string, before func([]*Place) error, act func([]*Place) error, made bool) {
	all, done, err := places(paths...)
	if err != nil {
		return
	}
	defer done()
	a.j.Begin()
	if before(all) != nil {
		return
	}
	if act(all) != nil {
		if err := a.j.Fail(); err != nil {
			panic(err)
		}
	} else if made {
		if err := a.j.Made(all[0]); err != nil {
			panic(err)
		}
	}
}

func (a *actor) make(path string, act func(*Place) error) {
	a.do([]string{path}, func(p []*Place) error {
		if p[0].Thing >= 0 {
			return unix.EEXIST
		}
		return a.j.Make(p[0])
	}, func(p []*Place) error { return act(p[0]) }, true)
}

func (a *actor) mkdir(path string) {
	a.make(path, func(p *Place) error { return unix.Mkdirat(p.Dir, p.Base, 0o750) })
}

func (a *actor) symlink(path string) {
	a.make(path, func(p *Place) error { return unix.Symlinkat("elsewhere", p.Dir, p.Base) })
}

func (a *actor) fifo(path string) {
	a.make(path, func(p *Place) error { return unix.Mknodat(p.Dir, p.Base, unix.S_IFIFO|0o640, 0) })
}

func (a *actor) write(path, text string, flags int) {
	put := func(p *Place) error {
		fd, err := unix.Openat(p.Dir, p.Base, unix.O_WRONLY|unix.O_CREAT|unix.O_NOFOLLOW|unix.O_NONBLOCK|flags, 0o644)
		if err != nil {
			return err
		}
		unix.Write(fd, []byte(text))
		return unix.Close(fd)
	}
	missing := false
	if all, done, err := places(path); err == nil {
		missing = all[0].Thing < 0
		done()
	}
	if missing {
		a.make(path, put)
		return
	}
	a.existing(path, unix.S_IFREG, func(p *Place) error { return a.j.Content(p) }, put)
}

// existing does something with a thing of a kind that is there; kind 0 is any but a
// symlink.
func (a *actor) existing(path string, kind uint32, before, act func(*Place) error) {
	a.do([]string{path}, func(p []*Place) error {
		if p[0].Thing < 0 {
			return unix.ENOENT
		}
		m, err := metaAt(p[0].Thing, "")
		if err != nil || kind != 0 && !m.Is(kind) || m.Is(unix.S_IFLNK) {
			return unix.EINVAL
		}
		return before(p[0])
	}, func(p []*Place) error { return act(p[0]) }, false)
}

func (a *actor) chmod(path string, mode uint32) {
	a.existing(path, 0, a.j.Metadata, func(p *Place) error { return unix.Fchmodat(p.Dir, p.Base, mode, 0) })
}

func (a *actor) chtimes(path string, sec int64) {
	t := []unix.Timespec{{Sec: sec}, {Sec: sec}}
	a.existing(path, 0, a.j.Metadata, func(p *Place) error { return unix.UtimesNanoAt(p.Dir, p.Base, t, 0) })
}

func (a *actor) setxattr(path, value string) {
	a.existing(path, 0, a.j.Metadata, func(p *Place) error { return unix.Setxattr(procFD(p.Thing), "user.test", []byte(value), 0) })
}

func (a *actor) remove(path string) {
	a.do([]string{path}, func(p []*Place) error {
		if p[0].Thing < 0 {
			return unix.ENOENT
		}
		return a.j.Remove(p[0])
	}, func(p []*Place) error {
		err := unix.Unlinkat(p[0].Dir, p[0].Base, 0)
		if err == unix.EISDIR {
			err = unix.Unlinkat(p[0].Dir, p[0].Base, unix.AT_REMOVEDIR)
		}
		return err
	}, false)
}

func (a *actor) rename(from, to string, flags uint) {
	a.do([]string{from, to}, func(p []*Place) error {
		switch {
		case p[0].Thing < 0 || flags != 0 && p[1].Thing < 0:
			return unix.ENOENT
		case flags != 0:
			return a.j.Swap(p[0], p[1])
		}
		return a.j.Move(p[0], p[1])
	}, func(p []*Place) error { return unix.Renameat2(p[0].Dir, p[0].Base, p[1].Dir, p[1].Base, flags) }, false)
}

func (a *actor) link(from, to string) {
	a.do([]string{to, from}, func(p []*Place) error {
		if p[1].Thing < 0 || p[0].Thing >= 0 {
			return unix.EEXIST
		}
		return a.j.Link(p[1], p[0])
	}, func(p []*Place) error { return unix.Linkat(p[1].Dir, p[1].Base, p[0].Dir, p[0].Base, 0) }, false)
}

var names = [...]string{"a", "b", "c", "sub", "dir", "new\nline", "\xff", "with space"}

func (a *actor) name() string {
	path := a.root
	for range 1 + a.IntN(3) {
		path = filepath.Join(path, names[a.IntN(len(names))])
	}
	return path
}

// one does one random operation; many fail.
func (a *actor) one(i int) {
	x, y := a.name(), a.name()
	switch a.IntN(17) {
	case 0, 1:
		a.write(x, fmt.Sprintf("content %d", i), unix.O_TRUNC)
	case 2:
		a.write(x, strings.Repeat(fmt.Sprintf("more %d\n", i), 1+a.IntN(3)*20000), unix.O_APPEND)
	case 3, 4:
		a.mkdir(x)
	case 5, 6, 7:
		a.remove(x)
	case 8, 9, 10:
		a.rename(x, y, 0)
	case 11:
		a.rename(x, y, unix.RENAME_EXCHANGE)
	case 12:
		a.symlink(x)
	case 13:
		a.link(x, y)
	case 14:
		a.chmod(x, uint32(a.IntN(0o10000)))
	case 15:
		a.chtimes(x, int64(1000000+a.IntN(1000)))
		a.setxattr(x, time.Unix(int64(i), 0).String())
	case 16:
		a.fifo(x)
	}
}
