package query

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// Shm is where the C library keeps POSIX shared memory and named semaphores
// (shm_overview(7)).
const Shm = "/dev/shm"

// Names tells what the lines of a spec give, by the names alone and in about a
// microsecond: for a supervisor that looks at every call. It is not changed once it is
// made, so any number may ask at a time.
type Names struct {
	at    map[string]named
	rmdir bool
}

// named is what the lines at one path say, and what those beneath it take.
type named struct {
	granted         carve.Rights
	deny, denyWrite bool
	// chain tells that something beneath is denied, and writeChain that something
	// beneath is denied or kept from changes.
	chain, writeChain bool
}

// NamesOf makes the Names of s.
func NamesOf(s *spec.Spec) *Names {
	n := &Names{at: make(map[string]named, 2*len(s.Paths)), rmdir: s.Rmdir}
	for i := range s.Paths {
		p := &s.Paths[i]
		at := n.at[p.Path]
		switch p.Kind {
		case spec.Deny:
			at.deny = true
		case spec.DenyWrite:
			at.denyWrite = true
		default:
			at.granted |= carve.Granted(p.Kind, s.Rmdir)
		}
		n.at[p.Path] = at
		for up := p.Path; !p.Kind.Grants() && up != "/"; {
			up = up[:max(1, strings.LastIndexByte(up, '/'))]
			at := n.at[up]
			at.chain = at.chain || p.Kind == spec.Deny
			at.writeChain = true
			n.at[up] = at
		}
	}
	return n
}

// Meant returns the rights that the lines give at path, which is absolute, clean and
// free of symlinks: what would hold if no directory lost rights for what is denied
// beneath it.
func (n *Names) Meant(path string) carve.Rights {
	var have carve.Rights
	n.walk(path, func(at named) {
		if at.deny {
			have = 0
		}
		if at.denyWrite {
			have &^= carve.Changing
		}
		have |= at.granted
	})
	return have
}

// Chain reports whether the directory path has lost rights to what is denied beneath
// it, and which of those that are meant.
func (n *Names) Chain(path string) (lost carve.Rights) {
	at := n.at[path]
	if !at.writeChain {
		return 0
	}
	lost = n.Meant(path) & carve.Changing
	if at.chain {
		lost = n.Meant(path)
	}
	return lost
}

// Free reports whether nothing is denied at path, nor beneath it.
func (n *Names) Free(path string) bool {
	at := n.at[path]
	return !at.deny && !at.denyWrite && !at.chain && !at.writeChain
}

// Kernel returns the rights that the rules for the lines give at path: no more than
// what is meant, and at a directory that has lost some only the others.
func (n *Names) Kernel(path string) carve.Rights { return n.Meant(path) &^ n.Chain(path) }

// walk calls visit for / and every name on the way to path that lines speak of.
func (n *Names) walk(path string, visit func(named)) {
	if at, ok := n.at["/"]; ok {
		visit(at)
	}
	for end := 1; end < len(path); end++ {
		next := strings.IndexByte(path[end:], '/')
		if next < 0 {
			end = len(path)
		} else {
			end += next
		}
		if at, ok := n.at[path[:end]]; ok {
			visit(at)
		}
	}
}
