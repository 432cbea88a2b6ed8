package undo

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

func (p *plan) buildFile(s saved, stage int, temp string) error {
	fd, err := unix.Openat(stage, temp, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	g := os.NewFile(uintptr(fd), temp)
	defer g.Close()
	if err := p.fill(g, s); err != nil {
		return err
	}
	return g.Sync()
}

// fill gives the empty file g the saved content.
func (p *plan) fill(g *os.File, s saved) error {
	f, r, err := s.open(p.h.store)
	if err != nil {
		return err
	}
	defer f.Close()
	if s.how != savedSmall && unix.IoctlFileClone(int(g.Fd()), int(f.Fd())) == nil {
		return nil
	}
	_, _, err = transfer(g, r, free)
	return err
}

// contents gives every file its content from before the run.
func (p *plan) contents() error {
	for _, n := range p.originals(false) {
		path := p.target(n)
		if path == "" || n.thing == nil || n.thing.content == nil {
			continue
		}
		err := p.content(n, path)
		if err == unix.ENOENT && slices.Contains(p.lost, path) {
			continue
		}
		if err := p.lose(path, err); err != nil {
			return &fault.Error{Do: "bring back the content of", Path: path, Err: err}
		}
	}
	return nil
}

func (p *plan) content(n *node, path string) error {
	dir, name, err := openParent(path)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	r := n.thing.content
	m, err := metaAt(dir, name)
	if err == nil && !m.Is(unix.S_IFREG) {
		err = unix.EEXIST
	}
	if err != nil {
		return err
	}
	foreign := n.foreignLink(m)
	same, err := p.same(dir, name, m, r.saved)
	if err != nil || same && !foreign {
		return err
	}
	if foreign {
		// The name is put right, and not the file behind it, which another name has too.
		stage, err := p.stage(path)
		if err != nil {
			return err
		}
		defer unix.Close(stage)
		return p.replace(n, r, stage, dir, name)
	}
	// A new file in the place of the old one is there whole or not at all. A file of
	// other names, or of another user, must stay the one that it is.
	if m.Nlink == 1 && p.ours(r.meta) {
		stage, err := p.stage(path)
		if err == nil {
			defer unix.Close(stage)
			return p.replace(n, r, stage, dir, name)
		}
	}
	return p.rewrite(dir, name, m, r.saved)
}

// foreignLink reports whether m, which lies where n is, is a file of somebody else that has
// more names: what is written there is written to those too. A file that this undo has made
// again, under more than one name, has its metadata already.
func (n *node) foreignLink(m *Meta) bool {
	if !m.Is(unix.S_IFREG) || m.ID == n.id || m.Nlink < 2 || n.thing == nil || n.thing.first == nil {
		return false
	}
	was := n.thing.first.meta
	return m.Mode != was.Mode || m.UID != was.UID || m.GID != was.GID || m.Size != was.Size || m.Mtim != was.Mtim
}

// ours reports whether this process can make a file with the owner of m.
func (p *plan) ours(m *Meta) bool {
	return os.Geteuid() == 0 || int(m.UID) == os.Geteuid() && int(m.GID) == os.Getegid()
}

func (p *plan) replace(n *node, r *record, stage, dir int, name string) error {
	temp := strconv.Itoa(n.number) + halfCopied
	if err := unix.Unlinkat(stage, temp, 0); err != nil && err != unix.ENOENT {
		return err
	}
	if err := p.build(n, r, r.saved, stage, temp); err != nil {
		return err
	}
	return unix.Renameat(stage, temp, dir, name)
}

// rewrite puts the content into the file itself. An undo that is killed meanwhile does
// so again.
func (p *plan) rewrite(dir int, name string, m *Meta, s saved) error {
	fd, err := unix.Openat(dir, name, unix.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err == unix.EACCES && unix.Fchmodat(dir, name, m.Mode&0o7777|0o600, unix.AT_SYMLINK_NOFOLLOW) == nil {
		fd, err = unix.Openat(dir, name, unix.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return err
	}
	g := os.NewFile(uintptr(fd), name)
	defer g.Close()
	if err := g.Truncate(0); err != nil {
		return err
	}
	if err := p.fill(g, s); err != nil {
		return err
	}
	return g.Sync()
}

// same reports whether a file holds what was saved.
func (p *plan) same(dir int, name string, m *Meta, s saved) (bool, error) {
	if m.Size != s.size {
		return false, nil
	}
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, nil // not to be read: it is given its content then
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	g, r, err := s.open(p.h.store)
	if err != nil {
		return false, err
	}
	defer g.Close()
	return equal(f, r)
}

func equal(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 64*block), make([]byte, 64*block)
	for {
		n, err := io.ReadFull(a, x)
		m, err2 := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return err2 == io.EOF || err2 == io.ErrUnexpectedEOF, nil
		}
		if err != nil {
			return false, err
		}
		if err2 != nil {
			return false, err2
		}
	}
}
