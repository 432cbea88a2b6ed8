package undo

import (
	"errors"
	"sort"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// openUp lets names be changed in the directories of the plan. Those that stay get
// their mode at the end.
func (p *plan) openUp() error {
	for _, n := range sorted(p.nodes, (*node).now, false) {
		path := n.now()
		if path == "" || !n.isDir && !n.made() {
			continue
		}
		openUp(path)
	}
	return nil
}

// clear takes away what the run made, and puts aside what it renamed: first what lies
// deepest, so that no path is another's any more before its turn.
func (p *plan) clear() error {
	for _, n := range sorted(p.nodes, (*node).now, true) {
		path := n.now()
		switch {
		case path == "":
		case n.made():
			if err := p.remove(n, path); err != nil {
				return &fault.Error{Do: "remove", Path: path, Err: err}
			}
		case n.moves():
			if err := p.putAside(n, path); err != nil {
				return &fault.Error{Do: "rename", Path: path, Err: err}
			}
		}
	}
	return nil
}

// remove takes away a name that the run made. What another has put there stays.
func (p *plan) remove(n *node, path string) error {
	dir, name, err := openParent(path)
	if err != nil {
		return ignoreMissing(err)
	}
	defer unix.Close(dir)
	m, err := metaAt(dir, name)
	if err != nil {
		return ignoreMissing(err)
	}
	if n.left != nil && n.left.ID != m.ID {
		return nil
	}
	if !m.Is(unix.S_IFDIR) {
		return ignoreMissing(unix.Unlinkat(dir, name, 0))
	}
	err = unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
	if err == unix.ENOTEMPTY || err == unix.EEXIST {
		p.left = append(p.left, path)
		return nil
	}
	return ignoreMissing(err)
}

// putAside gives n a name in the stage.
func (p *plan) putAside(n *node, path string) error {
	dir, name, err := openParent(path)
	if err != nil {
		return ignoreMissing(err)
	}
	defer unix.Close(dir)
	m, err := metaAt(dir, name)
	if err != nil {
		return ignoreMissing(err)
	}
	if n.id != (ID{}) && n.id != m.ID {
		return nil // it has its new place already, or somebody else has put another there
	}
	stage, err := p.stage(path)
	if err != nil {
		return err
	}
	defer unix.Close(stage)
	return unix.Renameat2(dir, name, stage, strconv.Itoa(n.number), unix.RENAME_NOREPLACE)
}

// sorted orders nodes by the depth of their paths.
func sorted(nodes []*node, path func(*node) string, deepest bool) []*node {
	type at struct {
		n     *node
		depth int
		path  string
	}
	all := make([]at, 0, len(nodes))
	for _, n := range nodes {
		p := path(n)
		all = append(all, at{n, strings.Count(p, "/"), p})
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].depth != all[j].depth {
			return (all[i].depth < all[j].depth) != deepest
		}
		return all[i].path < all[j].path
	})
	out := make([]*node, len(all))
	for i := range all {
		out[i] = all[i].n
	}
	return out
}

func ignoreMissing(err error) error {
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}
