// Package byname reads the lines of a spec by the names of paths alone, without a look
// at the disk: which lines stand at, above or beneath a path, and which rights they give
// there. It does not know symlinks, mounts or hard links.
package byname

import (
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// Names tells which rights the lines of a spec give at a path, in about a microsecond: a
// supervisor asks for every call. Names does not change after Of, so goroutines may
// share it.
type Names struct {
	at    map[string]named
	rmdir bool
}

// named holds what the lines at one path give and take, and what lines beneath it take.
type named struct {
	granted         carve.Rights
	deny, denyWrite bool
	// chain: there is a deny beneath. writeChain: there is a deny or a deny-write
	// beneath.
	chain, writeChain bool
}

// Of returns the Names of s.
func Of(s *spec.Spec) *Names {
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

// Meant returns the rights that the lines give at path. A chain directory loses rights
// to the denies beneath it; Meant does not subtract these. path must be absolute, clean
// and free of symlinks.
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

// Chain returns the rights that the directory path has lost to the denies beneath it:
// 0 if it is no chain directory.
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

// Free reports whether there is no deny and no deny-write at path or beneath it.
func (n *Names) Free(path string) bool {
	at := n.at[path]
	return !at.deny && !at.denyWrite && !at.chain && !at.writeChain
}

// Kernel returns the rights that the rules of the kernel give at path: Meant without
// what Chain has lost.
func (n *Names) Kernel(path string) carve.Rights { return n.Meant(path) &^ n.Chain(path) }

// walk calls visit for / and for every directory on the way to path, and path itself,
// if a line names it.
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
