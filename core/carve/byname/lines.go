package byname

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// Grant returns the deepest line at or above path that grants all of right, or nil.
func Grant(s *spec.Spec, path string, right carve.Rights) *spec.Path {
	var best *spec.Path
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind.Grants() && spec.Within(path, p.Path) && carve.Granted(p.Kind, s.Rmdir)&right == right &&
			(best == nil || len(p.Path) > len(best.Path)) {
			best = p
		}
	}
	return best
}

// Deny returns the deepest line at or above path that takes some of right away, or nil.
func Deny(s *spec.Spec, path string, right carve.Rights) *spec.Path {
	var best *spec.Path
	for i := range s.Paths {
		p := &s.Paths[i]
		if Takes(p, right) && spec.Within(path, p.Path) && (best == nil || len(p.Path) > len(best.Path)) {
			best = p
		}
	}
	return best
}

// DenyBeneath returns the first line strictly beneath path that takes some of right away,
// or nil.
func DenyBeneath(s *spec.Spec, path string, right carve.Rights) *spec.Path {
	for i := range s.Paths {
		if p := &s.Paths[i]; Takes(p, right) && spec.Beneath(p.Path, path) {
			return p
		}
	}
	return nil
}

// ListedBeneath returns the first line of a list of protected paths strictly beneath path, or
// nil. Where there is one, as in a home, later sandboxes follow the symlinks in path, also in
// lines that nobody typed.
func ListedBeneath(s *spec.Spec, path string) *spec.Path {
	for i := range s.Paths {
		if p := &s.Paths[i]; p.By.Source == spec.Listed && !p.Kind.Grants() && spec.Beneath(p.Path, path) {
			return p
		}
	}
	return nil
}

// Takes reports whether the line p takes some of right away, at and beneath its path.
func Takes(p *spec.Path, right carve.Rights) bool { return Taken(p.Kind)&right != 0 }

// AnyGrant returns the deepest line at or above path that grants anything, or nil.
func AnyGrant(s *spec.Spec, path string) *spec.Path {
	var best *spec.Path
	for i := range s.Paths {
		if p := &s.Paths[i]; p.Kind.Grants() && spec.Within(path, p.Path) && (best == nil || len(p.Path) > len(best.Path)) {
			best = p
		}
	}
	return best
}

// Taken returns the rights that a line of kind k takes away at and beneath its path. A
// grant takes none.
func Taken(k spec.Kind) carve.Rights {
	switch k {
	case spec.Deny:
		return carve.OfFiles | carve.List | carve.Create | carve.RemoveDir
	case spec.DenyWrite:
		return carve.Changing
	}
	return 0
}
