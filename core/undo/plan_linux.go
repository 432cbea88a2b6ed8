package undo

import (
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// A plan is what one undo is to put right.
type plan struct {
	h        *History
	chosen   map[*node]bool
	nodes    []*node
	keep     map[*node]bool // directories whose times stay
	progress *progress      // of an undo that is gone on with, or nil
	tops     map[string]top
	// left are directories that the run made and that hold what it did not, and lost is
	// what somebody else removed.
	left, lost []string
	names      map[ID][]string // see namesOf
	stay       []Conflict      // see Outcome.Stay
}

func (h *History) plan() *plan {
	return &plan{h: h, chosen: map[*node]bool{}, keep: map[*node]bool{}, tops: map[string]top{}}
}

// within reports whether path is dir or beneath it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

func beneath(dir, name string) string { return strings.TrimSuffix(dir, "/") + "/" + name }

// choose takes the nodes at and beneath paths, where they are or were, or all; and what
// has to be put right with them.
func (h *History) choose(paths []string) (*plan, error) {
	p := h.plan()
	all := h.touched()
	if len(paths) == 0 {
		for _, n := range all {
			p.add(n)
		}
		return p, nil
	}
	for _, path := range paths {
		found := false
		for _, n := range all {
			if now, was := n.now(), n.was(); now != "" && within(now, path) || was != "" && within(was, path) {
				p.add(n)
				found = true
			}
		}
		if !found {
			return nil, &fault.Error{Do: "undo", Path: path, Err: fault.Text("the run changed nothing there"), Hint: "nono diff shows what it changed"}
		}
	}
	p.close()
	return p, nil
}

func (p *plan) add(n *node) {
	if n.number >= 0 && !n.undone && !p.chosen[n] {
		p.chosen[n] = true
		p.nodes = append(p.nodes, n)
	}
}

// close adds what the chosen nodes cannot be put right without: what lies where one of
// them was, the directory that one was in, and what is in a directory that goes.
func (p *plan) close() {
	for i := 0; i < len(p.nodes); i++ { // it grows
		n := p.nodes[i]
		if n.made() {
			for _, kid := range n.kids {
				if kid != nil {
					p.add(kid)
				}
			}
			continue
		}
		if m := n.home.kids[n.homeName]; m != nil {
			p.add(m)
		}
		if n.home.in == nil {
			p.add(n.home)
		}
	}
}

// moves reports whether n has to be renamed to come back.
func (n *node) moves() bool {
	return !n.made() && n.in != nil && (n.in != n.home || n.name != n.homeName) && !n.home.made()
}

// gone reports whether n has to be made again.
func (n *node) gone() bool { return !n.made() && n.in == nil }

// target is where n is when all is done, "" where nowhere.
func (p *plan) target(n *node) string {
	in, name := n.in, n.name
	if p.chosen[n] {
		if n.made() {
			return ""
		}
		if !n.home.made() {
			in, name = n.home, n.homeName
		} else {
			return n.now() // somebody else's, in a directory of the run, which has to stay
		}
	}
	switch in {
	case nil:
		return ""
	case n:
		return "/"
	}
	dir := p.target(in)
	if dir == "" {
		return ""
	}
	return beneath(dir, name)
}
