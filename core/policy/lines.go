package policy

import (
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
)

// lines are the lines with paths of a spec that is being made, and the state that decides
// about the next line.
type lines struct {
	res   *paths.Resolver
	paths []spec.Path
	have  map[line]bool
	// shut are the paths of --deny, and shutWrite those of --deny-write.
	shut, shutWrite map[string]bool
	// sealed and sealedWrite are the denies of policies, with the name of the policy. They
	// are stronger than every grant, at the same path and beneath.
	sealed, sealedWrite map[string]string
	// forms are the patterns of policies.
	forms []*form
	// granted are the paths of all grants; writable are the paths of grants to write.
	granted, writable map[string]bool
	// wanted and changeable are the same for the grants in asked.
	wanted, changeable map[string]bool
	// asked are the grants of flags and profiles, without those of the system and of the
	// command.
	asked []spec.Path
	// ends: one of the lines ends.
	ends bool
	// dropped are grants that the user's denies take away. taken are grants that a policy
	// takes away, or reduces to reading.
	dropped []spec.Path
	taken   []Taken
}

type line struct {
	kind spec.Kind
	path string
}

func newLines(res *paths.Resolver) *lines {
	const usual = 200 // lines of a sandbox with one directory
	return &lines{res: res, paths: make([]spec.Path, 0, usual), have: make(map[line]bool, usual), shut: map[string]bool{}, shutWrite: map[string]bool{},
		sealed: map[string]string{}, sealedWrite: map[string]string{}, granted: make(map[string]bool, usual), writable: map[string]bool{}, wanted: map[string]bool{}, changeable: map[string]bool{}}
}

// A source says which grants are stronger than the user's own --deny and --deny-write.
type source uint8

const (
	fromUser   source = iota // stronger than a deny above its path
	fromOthers               // of the system or a profile: every deny at or above is stronger
)

// grant appends a grant, once, without the rights that the user's denies take away.
func (l *lines) grant(k spec.Kind, path string, by spec.Origin, from source) {
	l.put(spec.Path{Kind: k, Path: path, By: by}, from)
}

// grantOptional appends what the command may well start without. It is there now;
// an update of the system may remove it before the sandbox is made, and a spec may
// be applied in a container that lacks it.
func (l *lines) grantOptional(k spec.Kind, path string, by spec.Origin) {
	l.put(spec.Path{Kind: k, Path: path, By: by, Optional: true}, fromOthers)
}

// put appends a grant, once, and reports whether there is a new line.
func (l *lines) put(p spec.Path, from source) bool {
	left := l.left(p.Kind, p.Path, from)
	if l.noteTaken(p, left); left == 0 && l.sealedBy(p.Path) != "" {
		return false
	}
	if left == 0 {
		l.dropped = append(l.dropped, p)
		return false
	}
	p.Kind = left
	if !l.append(p) {
		return false
	}
	l.granted[p.Path] = true
	if left.Writes() {
		l.writable[p.Path] = true
	}
	if p.By.Source != spec.System && p.By.Source != spec.Command {
		l.asked = append(l.asked, p)
		l.wanted[p.Path] = true
		if left.Writes() {
			l.changeable[p.Path] = true
		}
	}
	return true
}

// deny appends a deny, once.
func (l *lines) deny(k spec.Kind, path string, by spec.Origin) {
	if by.Source == spec.Policy {
		l.seal(k, path, by.Detail)
	}
	switch {
	case !l.append(spec.Path{Kind: k, Path: path, By: by}) || by.Source != spec.Flag:
	case k == spec.Deny:
		l.shut[path] = true
	default:
		l.shutWrite[path] = true
	}
}

// append appends a line unless its directive and path are there already.
func (l *lines) append(p spec.Path) bool {
	key := line{p.Kind, p.Path}
	if l.have[key] {
		l.prolong(p)
		return false
	}
	l.have[key] = true
	l.ends = l.ends || p.Until > 0
	l.paths = append(l.paths, p)
	return true
}

// prolong lets a line that ends hold as long as p, which is otherwise the same.
func (l *lines) prolong(p spec.Path) {
	if !l.ends {
		return
	}
	for i := range l.paths {
		if q := &l.paths[i]; q.Kind == p.Kind && q.Path == p.Path && q.Until != 0 && (p.Until == 0 || p.Until > q.Until) {
			q.Until, q.By = p.Until, p.By
		}
	}
}

// left returns what the user's own denies leave of a grant: another kind, or 0.
func (l *lines) left(k spec.Kind, path string, from source) spec.Kind {
	if beaten(l.shut, l.granted, path, from) || l.sealedBy(path) != "" {
		return 0
	}
	if !k.Writes() || !beaten(l.shutWrite, l.writable, path, from) && l.frozenBy(path) == "" {
		return k
	}
	return l.readingOf(k, path)
}

// readingOf returns what is left of a grant without the writing: another kind, or 0.
func (l *lines) readingOf(k spec.Kind, path string) spec.Kind {
	switch k {
	case spec.Allow, spec.Temp:
		return spec.Read
	case spec.AllowFile:
		return spec.ReadFile
	case spec.Device:
		if p, err := l.res.Resolve(path); err == nil && p.IsDir() {
			return spec.Read
		}
		return spec.ReadFile
	}
	return 0
}

// beaten reports whether a deny in the set is stronger than a grant of path: one
// at the same path always is, one above it unless the user granted the path, or
// what is between the two. given are the grants so far.
func beaten(denies, given map[string]bool, path string, from source) bool {
	if len(denies) == 0 {
		return false
	}
	if denies[path] || from == fromUser {
		return denies[path]
	}
	for ; path != "/"; path = spec.Parent(path) {
		if given[path] || denies[path] {
			return denies[path]
		}
	}
	return denies["/"]
}

// reached reports whether a grant is above path, so that a deny there has
// something to take away.
func (l *lines) reached(path string) bool { return above(l.granted, path) }

// reachedForWriting reports whether a grant that lets write is above path.
func (l *lines) reachedForWriting(path string) bool { return above(l.writable, path) }

// takes reports whether a deny of kind k at path has something to take away from
// what was asked for: what every sandbox has of the system is no secret, and cannot
// be changed.
func (l *lines) takes(k spec.Kind, path string) bool {
	if k == spec.DenyWrite {
		return above(l.changeable, path)
	}
	return above(l.wanted, path)
}

// above reports whether a directory above path is in the set. It looks at each
// once, so that thousands of grants stay cheap.
func above(set map[string]bool, path string) bool {
	for path != "/" {
		if path = spec.Parent(path); set[path] {
			return true
		}
	}
	return false
}

// givesBack reports whether a grant that was asked for gives all of a protected
// path back, so that nothing is left to deny there: the deny would only keep the
// directories on the way to it from getting new entries. A grant of less leaves
// the deny: what is above would otherwise give more than was asked for.
func (l *lines) givesBack(deny spec.Kind, path string) bool {
	if !l.granted[path] {
		return false
	}
	for i := range l.asked {
		g := &l.asked[i]
		if g.Path != path {
			continue
		}
		switch g.Kind {
		case spec.Allow, spec.Temp, spec.AllowFile:
			return true
		case spec.Write, spec.WriteFile:
			if deny == spec.DenyWrite {
				return true
			}
		}
	}
	return false
}

// near reports whether any grant is at, above or beneath path.
func (l *lines) near(path string) bool {
	for i := range l.paths {
		if p := &l.paths[i]; p.Kind.Grants() && (spec.Within(path, p.Path) || spec.Beneath(p.Path, path)) {
			return true
		}
	}
	return false
}
