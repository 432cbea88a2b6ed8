package undo

import (
	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// setMetaAt is setMeta for the entry name of dir.
func setMetaAt(dir int, name string, m *Meta, times bool) error {
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return setMeta(fd, dir, name, m, times)
}

// metadata gives everything but directories its metadata from before the run.
func (p *plan) metadata() error {
	for _, n := range p.originals(false) {
		if path := p.target(n); path != "" && n.thing != nil && n.thing.first != nil && !n.thing.first.meta.Is(unix.S_IFDIR) {
			if err := p.setMeta(n, path, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// directories does the same for directories, when nothing in them changes any more.
func (p *plan) directories() error {
	for _, t := range p.tops {
		dir, name, err := openParent(t.path)
		if err == nil {
			err = unix.UtimesNanoAt(dir, name, []unix.Timespec{unix.NsecToTimespec(t.atime), unix.NsecToTimespec(t.mtime)}, unix.AT_SYMLINK_NOFOLLOW)
			unix.Close(dir)
		}
		if err != nil && !missing(err) && err != unix.EPERM {
			return &fault.Error{Do: "set the times of", Path: t.path, Err: err}
		}
	}
	for _, n := range p.originals(true) {
		if path := p.target(n); path != "" && n.thing != nil && n.thing.first != nil && n.thing.first.meta.Is(unix.S_IFDIR) {
			if err := p.setMeta(n, path, !p.keep[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *plan) setMeta(n *node, path string, times bool) error {
	dir, name, err := openParent(path)
	if err == nil {
		var m *Meta
		if m, err = metaAt(dir, name); err == nil && m.Mode&unix.S_IFMT == n.thing.first.meta.Mode&unix.S_IFMT {
			err = setMetaAt(dir, name, n.thing.first.meta, times)
		}
		unix.Close(dir)
	}
	if err != nil && !missing(err) {
		return &fault.Error{Do: "bring back the metadata of", Path: path, Err: err}
	}
	return nil
}
