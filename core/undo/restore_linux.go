package undo

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// originals are the nodes of the plan that were there before the run, the directories
// before what is in them.
func (p *plan) originals(deepest bool) []*node {
	var all []*node
	for _, n := range p.nodes {
		if !n.made() {
			all = append(all, n)
		}
	}
	return sorted(all, p.target, deepest)
}

// place brings what was renamed back to its name, and makes again what was removed.
func (p *plan) place() error {
	for _, n := range p.originals(false) {
		path := p.target(n)
		if path == "" {
			continue
		}
		if err := p.lose(path, p.placeOne(n, path)); err != nil {
			return &fault.Error{Do: "bring back", Path: path, Err: err}
		}
	}
	return nil
}

// lose goes on without what is not saved whole, which a forced undo does.
func (p *plan) lose(path string, err error) error {
	if errors.Is(err, errLost) || errors.Is(err, errNotSaved) {
		p.lost = append(p.lost, path)
		return nil
	}
	return err
}

func (p *plan) placeOne(n *node, path string) error {
	dir, name, err := openParent(path)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	if n.moves() {
		stage, err := p.stage(n.now())
		if err != nil {
			return err
		}
		defer unix.Close(stage)
		err = unix.Renameat2(stage, strconv.Itoa(n.number), dir, name, unix.RENAME_NOREPLACE)
		if err != unix.ENOENT {
			return err
		}
	}
	m, err := metaAt(dir, name)
	if err == unix.ENOENT {
		return p.remake(n, path, dir, name)
	}
	if err != nil || !n.gone() && !n.moves() {
		return err // it never went
	}
	if back, err := p.back(n, dir, name, m); back || err != nil {
		return err
	}
	return unix.EEXIST
}

// source is the saved content of n, and of which kind n was.
func (n *node) source() (*record, saved) {
	if n.thing == nil || n.thing.first == nil {
		return nil, saved{}
	}
	switch {
	case n.removed != nil && n.removed.saved.how == savedLink:
		return n.thing.first, n.removed.saved // the very inode, whose content comes back later
	case n.thing.content != nil:
		return n.thing.first, n.thing.content.saved
	case n.removed != nil:
		return n.thing.first, n.removed.saved
	}
	return n.thing.first, saved{}
}

// saved is the content of n from before the run, where that is saved.
func (n *node) saved() saved {
	switch {
	case n.made() || n.thing == nil:
	case n.thing.content != nil:
		return n.thing.content.saved
	case n.removed != nil:
		return n.removed.saved
	}
	return saved{}
}

const errNotSaved = fault.Text("its content was not saved")

// remake makes a thing again that is gone.
func (p *plan) remake(n *node, path string, dir int, name string) error {
	r, s := n.source()
	if r == nil || n.removed == nil && n.thing.content == nil {
		p.lost = append(p.lost, path) // somebody else has removed it
		return nil
	}
	switch {
	case r.meta.Is(unix.S_IFDIR):
		return unix.Mkdirat(dir, name, 0o700)
	case s.how == savedLink:
		return unix.Renameat2(unix.AT_FDCWD, s.path(p.h.store), dir, name, unix.RENAME_NOREPLACE)
	}
	if r.meta.Nlink > 1 {
		if done, err := p.linkOther(n, path, dir, name); done || err != nil {
			return err
		}
	}
	stage, err := p.stage(path)
	if err != nil {
		return err
	}
	defer unix.Close(stage)
	temp := strconv.Itoa(n.number) + halfCopied
	if err := unix.Unlinkat(stage, temp, 0); err != nil && err != unix.ENOENT {
		return err
	}
	if err := p.build(n, r, s, stage, temp); err != nil {
		return err
	}
	return unix.Renameat2(stage, temp, dir, name, unix.RENAME_NOREPLACE)
}

// linkOther makes n one more name of its inode, where that has others: names that are
// back, or that the run never touched.
func (p *plan) linkOther(n *node, path string, dir int, name string) (bool, error) {
	var others []string
	for _, o := range p.nodes {
		if t := p.target(o); o != n && !o.made() && o.thing == n.thing && t != "" && t != path {
			others = append(others, t)
		}
	}
	for range 2 {
		for _, other := range append(others, p.namesOf(n.id)...) {
			from, base, err := openParent(other)
			if err != nil {
				continue
			}
			err = unix.Linkat(from, base, dir, name, 0)
			unix.Close(from)
			if err != unix.ENOENT {
				return err == nil, err
			}
		}
		if len(p.names[n.id]) == 0 {
			break
		}
		p.names = nil // a directory on the way has come back since, and they lie elsewhere
	}
	return false, nil
}

// namesOf looks through the trees for the names of an inode. Only a store on another
// file system than a tree makes that necessary, for a file of more than one name.
func (p *plan) namesOf(id ID) []string {
	if p.names == nil {
		p.names = map[ID][]string{}
		for _, n := range p.nodes {
			if n.gone() {
				p.names[n.id] = []string{}
			}
		}
		for _, tree := range p.h.trees {
			filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return nil // what cannot be listed has no name to offer
				}
				m, err := metaOf(path)
				if err != nil {
					return nil
				}
				if known, wanted := p.names[m.ID]; wanted {
					p.names[m.ID] = append(known, path)
				}
				return nil
			})
		}
	}
	return p.names[id]
}

// build makes a thing that is no directory, with its metadata, in the stage.
func (p *plan) build(n *node, r *record, s saved, stage int, temp string) error {
	m := r.meta
	var err error
	switch {
	case m.Is(unix.S_IFREG):
		if !s.exists() {
			return errNotSaved
		}
		err = p.buildFile(s, stage, temp)
	case m.Is(unix.S_IFLNK):
		err = unix.Symlinkat(n.removed.target, stage, temp)
	default:
		err = unix.Mknodat(stage, temp, m.Mode&unix.S_IFMT|0o600, int(m.Rdev))
	}
	if err != nil {
		return err
	}
	return setMetaAt(stage, temp, m, true)
}
