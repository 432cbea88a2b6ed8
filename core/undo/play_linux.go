package undo

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

var errOrder = fault.Text("its lines contradict one another")

// play changes what is known by one record.
func (h *History) play(r *record) error {
	switch r.op {
	case opEnd:
		h.ended = true
		return nil
	case opIs:
		h.left[r.path] = r.meta
		return nil
	case opMake:
		return h.playMake(r.path)
	}
	n, err := h.find(r.path)
	if err != nil {
		return err
	}
	h.note(n, r)
	switch r.op {
	case opRemove:
		n.removed = r
		h.detach(n)
	case opMove, opSwap:
		return h.playMove(n, r)
	}
	return nil
}

// note remembers what a record saves of n.
func (h *History) note(n *node, r *record) {
	h.touch(n)
	n.isDir, n.id = r.meta.Is(unix.S_IFDIR), r.meta.ID
	if n.thing = h.things[n.id]; n.thing == nil {
		n.thing = &thing{}
		h.things[n.id] = n.thing
	}
	if first := n.thing.first; (first == nil || first.meta.Unread) && r.op != opMove && r.op != opSwap {
		n.thing.first = r
	}
	if r.op == opContent && n.thing.content == nil {
		n.thing.content = r
	}
}

func (h *History) touch(n *node) {
	if n.number < 0 {
		n.number = len(h.nodes)
		h.nodes = append(h.nodes, n)
	}
}

func (h *History) playMake(path string) error {
	parent, name := cut(path)
	in, err := h.find(parent)
	if err != nil {
		return err
	}
	h.vacate(in, name)
	n := &node{number: -1, in: in, name: name, kids: map[string]*node{}}
	in.kids[name] = n
	h.touch(n)
	return nil
}

func (h *History) playMove(n *node, r *record) error {
	parent, name := cut(r.to)
	in, err := h.find(parent)
	if err != nil {
		return err
	}
	for above := in; above.in != above; above = above.in {
		if above == n || above.in == nil {
			return errOrder
		}
	}
	if r.op == opMove {
		h.vacate(in, name)
		h.detach(n)
		h.attach(n, in, name)
		return nil
	}
	other, err := h.find(r.to)
	if err != nil {
		return err
	}
	h.touch(other)
	oldIn, oldName := n.in, n.name
	h.attach(n, in, name)
	h.attach(other, oldIn, oldName)
	return nil
}

// vacate makes room where the run found nothing: what was there somebody else has
// removed, while the run was going on.
func (h *History) vacate(in *node, name string) {
	if n := in.kids[name]; n != nil {
		h.detach(n)
	}
}

// detach leaves nothing at the name, which differs from a name of which nothing is
// known.
func (h *History) detach(n *node) {
	n.in.kids[n.name] = nil
	n.in = nil
}

func (h *History) attach(n, in *node, name string) {
	n.in, n.name = in, name
	in.kids[name] = n
}

// find returns what is at a path now. What no record was about is from before the run,
// or somebody else put it there meanwhile; it is not the run's in either case.
func (h *History) find(path string) (*node, error) {
	if path == "/" {
		return h.root, nil
	}
	n := h.root
	for name := range strings.SplitSeq(path[1:], "/") {
		kid := n.kids[name]
		switch {
		case name == "" || name == "." || name == "..":
			return nil, errDamaged
		case kid == nil:
			kid = &node{number: -1, in: n, name: name, home: n, homeName: name, kids: map[string]*node{}}
			n.kids[name] = kid
		}
		n.isDir = true
		n = kid
	}
	return n, nil
}
