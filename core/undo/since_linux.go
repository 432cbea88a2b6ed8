package undo

import (
	"sort"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// A Conflict is a reason not to undo, which --force overrides.
type Conflict struct{ Path, Why string }

const (
	contentSince  = "its content was changed since the run"
	metadataSince = "its metadata were changed since the run"
	replacedSince = "another thing was put in its place since the run"
	removedSince  = "it was removed since the run"
	madeSince     = "it was made since the run"
)

// conflicts looks for what somebody changed since the run. keep is filled with the
// directories in which somebody did.
func (p *plan) conflicts() ([]Conflict, error) {
	var all []Conflict
	homes := map[*node]map[string]bool{}
	for _, n := range p.nodes {
		why, err := p.since(n)
		if err != nil {
			return nil, err
		}
		if path := n.now(); why != "" {
			all = append(all, Conflict{path, why})
		}
		if err := n.saved().whole(p.h.store); err != nil {
			all = append(all, Conflict{p.target(n), err.Error()})
		}
		if n.gone() && n.home.made() {
			all = append(all, Conflict{n.where(), inRunsOwn})
		}
		if !n.moves() && !n.gone() {
			continue
		}
		if homes[n.home] == nil {
			homes[n.home] = map[string]bool{}
		}
		slot := p.slot(n)
		if homes[n.home][n.homeName] {
			all = append(all, Conflict{slot, "somebody else put something there during the run"})
		}
		homes[n.home][n.homeName] = true
		if slot == "" || p.chosen[n.home.kids[n.homeName]] {
			continue
		}
		if _, err := metaOf(slot); err == nil {
			all = append(all, Conflict{slot, madeSince})
		} else if err != unix.ENOENT {
			return nil, &fault.Error{Do: "look at", Path: slot, Err: err}
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Path < all[j].Path })
	return all, nil
}

// slot is where n was, by the names of now; "" where its directory is not there now.
func (p *plan) slot(n *node) string {
	dir := n.home.now()
	if dir == "" {
		return ""
	}
	return beneath(dir, n.homeName)
}

// since says what happened since the run to what the run left, or "".
func (p *plan) since(n *node) (string, error) {
	path := n.now()
	if path == "" {
		return "", nil
	}
	m, err := p.h.look(path)
	switch {
	case err == unix.ENOENT && (n.left == nil || n.made()):
		return "", nil
	case err == unix.ENOENT:
		return removedSince, nil
	case err != nil:
		return "", &fault.Error{Do: "look at", Path: path, Err: err}
	case n.left == nil:
		if p.h.ended {
			return madeSince, nil
		}
		return "", nil
	}
	if m.Is(unix.S_IFDIR) && n.left.Is(unix.S_IFDIR) {
		if m.Mtim != n.left.Mtim {
			p.keep[n] = true
		}
		if n.made() {
			if foreign, err := foreignIn(n, path); err != nil || foreign != "" {
				return "it holds " + fault.Quote(foreign) + ", which the run did not make", err
			}
		}
	}
	return differs(n.left, m), nil
}

// differs words what is otherwise now than the run left it.
func differs(left, now *Meta) string {
	switch {
	case left.ID != now.ID || left.Mode&unix.S_IFMT != now.Mode&unix.S_IFMT:
		return replacedSince
	case now.Is(unix.S_IFDIR):
		// Its times change with each name in it.
		if left.Mode != now.Mode || left.UID != now.UID || left.GID != now.GID || !sameAttributes(left.Attributes, now.Attributes) {
			return metadataSince
		}
	case left.Size != now.Size || left.Mtim != now.Mtim:
		return contentSince
	case left.Ctim != now.Ctim:
		return metadataSince
	}
	return ""
}

func sameAttributes(a, b []Attribute) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// foreignIn returns a name in the directory at path that is not the run's, or "".
func foreignIn(n *node, path string) (string, error) {
	names, err := namesIn(path)
	if err != nil {
		return "", &fault.Error{Do: "list", Path: path, Err: err}
	}
	for _, name := range names {
		if n.kids[name] == nil {
			return name, nil
		}
	}
	return "", nil
}
