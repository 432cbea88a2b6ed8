package seatbelt

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// A rule is a line of the spec, or one that every profile has, as it is compared.
type rule struct {
	path string // canonical
	// rank orders the rules so that the last that covers a path decides: by
	// depth, and at one path what every profile has, then denies, then grants.
	rank int
	line int       // of s.Paths, or -1
	why  string    // it is there, where no line says so
	kind spec.Kind // zero for all Unix sockets
	// What the rule does to the path itself, and to all beneath it.
	itself, beneath set
}

// A set of classes.
type set uint16

func (s set) has(c Class) bool { return s>>c&1 != 0 }

const (
	rankBase = iota
	rankDeny
	rankGrant
	ranks
)

// rules returns what decides, in no order, for a command that starts in dir.
func rules(s *spec.Spec, dir string) []rule {
	all := make([]rule, 0, len(s.Paths)+16)
	for i := range s.Paths {
		p := &s.Paths[i]
		r := newRule(p.Kind, p.Path, s.Rmdir)
		r.line = i
		if p.Kind.Grants() {
			r.rank += rankGrant
		} else {
			r.rank += rankDeny
		}
		all = append(all, r)
	}
	base := func(k spec.Kind, path, why string) *rule {
		all = append(all, newRule(k, path, false))
		r := &all[len(all)-1]
		r.why = why
		return r
	}
	base(spec.ReadFile, "/", "always: the kernel kills what it starts if / itself cannot be read")
	all = append(all, listed(s, dir)...)
	if s.Net {
		base(spec.UnixSocket, "/private/var/run/mDNSResponder", "net allow: names are resolved by asking this socket")
	}
	if s.UnixSockets {
		r := base(0, "/", "unix-sockets allow")
		r.itself = 1<<Bind | 1<<Connect
		r.beneath = r.itself
	}
	return all
}

// listed returns the directories that can be listed themselves, and nothing in
// them read: /private/tmp, and those on the way to dir. Programs made with Bun open
// each of them before their own first line, and die if they cannot; so does what
// calls realpath(3) on the working directory. What a deny covers stays shut.
func listed(s *spec.Spec, dir string) []rule {
	var all []rule
	add := func(path, why string) {
		if closed(s, path) {
			return
		}
		r := newRule(spec.ReadFile, path, false)
		r.itself, r.why = 1<<Read, why
		all = append(all, r)
	}
	add("/private/tmp", "always: programs made with Bun open it before they begin")
	if !strings.HasPrefix(dir, "/") {
		return all
	}
	dir = canonical(dir)
	for n := 1; n < depth(dir); n++ {
		if path, _ := names(dir, n); path != "/private/tmp" {
			add(path, "the way to the working directory: it can be listed, nothing in it read")
		}
	}
	return all
}

// closed reports whether a line denies path or a directory above it.
func closed(s *spec.Spec, path string) bool {
	return slices.ContainsFunc(s.Paths, func(d spec.Path) bool {
		at := canonical(d.Path)
		return d.Kind == spec.Deny && (equalFold(at, path) || beneathFold(path, at))
	})
}

func newRule(k spec.Kind, path string, rmdir bool) rule {
	r := rule{path: canonical(path), line: -1, kind: k}
	r.rank = ranks*depth(r.path) + rankBase
	for c := range classes {
		at, under := reach(k, c, rmdir)
		if at {
			r.itself |= 1 << c
		}
		if under {
			r.beneath |= 1 << c
		}
	}
	return r
}

func (r *rule) grants() bool { return r.kind == 0 || r.kind.Grants() }

// covers reports whether r speaks of class at path: by its own spelling or, if
// it is a deny, by any that may come to be.
func (r *rule) covers(class Class, path string, all []rule) bool {
	if r.itself.has(class) && path == r.path || r.beneath.has(class) && spec.Beneath(path, r.path) {
		return true
	}
	if r.grants() || !r.itself.has(class) || !equalFold(path, r.path) && !beneathFold(path, r.path) {
		return false
	}
	return slices.ContainsFunc(all, func(g rule) bool {
		return r.respelled(&g) && spec.Beneath(path, g.path)
	})
}

// makes reports whether the grant g lets a name for the deny d's path be made.
func (d *rule) makes(g *rule) bool { return g.beneath.has(Create) && d.takes(g).has(Create) }

// respelled reports whether something may come to be beneath the grant g whose
// name the volume takes for the deny d's: the grant lets it be made, or what it
// lets be read is where users make it. The system's own volume is sealed.
func (d *rule) respelled(g *rule) bool {
	taken := d.takes(g)
	return taken.has(Create) || taken != 0 && firmlinked(d.path)
}

// takes returns what the deny d takes away from the grant g anywhere.
func (d *rule) takes(g *rule) set {
	if !g.grants() || g.rank > d.rank || d.itself&(g.itself|g.beneath) == 0 {
		return 0
	}
	n := g.rank / ranks // the depth
	if d.rank/ranks == n {
		if strings.EqualFold(d.path, g.path) {
			return d.itself & (g.itself | g.beneath)
		}
		return 0
	}
	if head, _ := names(d.path, n); n > 0 && !strings.EqualFold(head, g.path) {
		return 0
	}
	return d.itself & g.beneath
}
