package undo

import (
	"os"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// A History is what the journal of a run tells: of each thing that the run touched,
// where it was and where it is.
type History struct {
	store
	root   *node
	nodes  []*node // that some record is about, in the order of the first such record
	things map[ID]*thing
	modes  map[string]uint32 // see openDirs
	trees  []string          // what the command might change; no name of theirs was changed
	// ended tells that it is known how the run left things. It is not where the run
	// was killed.
	ended bool
	left  map[string]*Meta
}

// A thing is one inode from before the run, by however many names.
type thing struct {
	// first is the earliest record with the metadata, and content the one with the
	// content before its first change.
	first, content *record
}

// A node is one name of one thing, through all its renames.
type node struct {
	number int // in History.nodes; -1 where no record is about it
	// in and name are where the name is now: in is nil where there is none any more.
	in   *node
	name string
	kids map[string]*node
	// home and homeName are where it was before the run: home is nil for what the run
	// made.
	home     *node
	homeName string
	isDir    bool
	// thing is what is saved of it, and id which inode it is, where a record tells.
	thing *thing
	id    ID
	// removed is the record of the end of this name.
	removed *record
	// left is how the run left it; nil where that is not known, or nothing was left.
	left   *Meta
	undone bool
}

func (n *node) made() bool { return n.home == nil }

// now is the path at the end of the run, "" where there is none.
func (n *node) now() string {
	var parts []string
	for ; n.in != n; n = n.in {
		if n.in == nil {
			return ""
		}
		parts = append(parts, n.name)
	}
	return join(parts)
}

// was is the path before the run, "" where there was none.
func (n *node) was() string {
	var parts []string
	for ; n.home != n; n = n.home {
		if n.home == nil {
			return ""
		}
		parts = append(parts, n.homeName)
	}
	return join(parts)
}

// where is the path by which a person knows n.
func (n *node) where() string {
	switch was := n.was(); {
	case was != "":
		return was
	case n.removed != nil:
		return n.removed.path
	}
	return n.now()
}

// Read reads what is known of the run whose directory is dir and which could change
// trees.
func Read(dir string, trees []string) (*History, error) {
	h, err := read(store{dir})
	if err != nil {
		return nil, err
	}
	h.trees = trees
	return h, h.applyProgress()
}

// read plays the journal of a run through.
func read(d store) (*History, error) {
	text, err := os.ReadFile(d.journal())
	if err != nil {
		return nil, &fault.Error{Do: "read", Path: d.journal(), Err: err}
	}
	h := &History{store: d, left: map[string]*Meta{}, things: map[ID]*thing{}}
	h.root = &node{number: -1, kids: map[string]*node{}}
	h.root.in, h.root.home, h.root.isDir = h.root, h.root, true
	records, err := parseJournal(text)
	if err != nil {
		return nil, &fault.Error{Do: "read", Path: d.journal(), Err: err}
	}
	for _, r := range records {
		if err := h.play(r); err != nil {
			return nil, &fault.Error{Do: "read", Path: d.journal(), Err: err}
		}
	}
	for _, n := range h.nodes {
		if h.ended {
			n.left = h.left[n.now()]
		}
		if n.left != nil && n.id == (ID{}) {
			n.id = n.left.ID
		}
	}
	return h, nil
}

// at returns the node that is known to be at a path now, or nil.
func (h *History) at(path string) *node {
	n := h.root
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if n == nil || name == "" {
			break
		}
		n = n.kids[name]
	}
	return n
}

// touched returns the nodes that are not as before: not what the run made and removed
// again, and not what was put right already.
func (h *History) touched() []*node {
	var all []*node
	for _, n := range h.nodes {
		if !n.undone && !(n.made() && n.now() == "") {
			all = append(all, n)
		}
	}
	return all
}
