package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// atOrAbove reports whether a line at p speaks of path.
func atOrAbove(p, path string) bool { return p == path || spec.Beneath(path, p) }

// grantOf returns the deepest line at or above path that grants right, by name.
func grantOf(s *spec.Spec, path string, right carve.Rights) *spec.Path {
	var best *spec.Path
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind.Grants() && atOrAbove(p.Path, path) && carve.Granted(p.Kind, s.Rmdir)&right == right &&
			(best == nil || len(p.Path) > len(best.Path)) {
			best = p
		}
	}
	return best
}

// denyOf returns the deepest line at or above path that takes right away.
func denyOf(s *spec.Spec, path string, right carve.Rights) *spec.Path {
	var best *spec.Path
	for i := range s.Paths {
		p := &s.Paths[i]
		if takes(p, right) && atOrAbove(p.Path, path) && (best == nil || len(p.Path) > len(best.Path)) {
			best = p
		}
	}
	return best
}

// denyBeneath returns a line strictly beneath path that takes right away.
func denyBeneath(s *spec.Spec, path string, right carve.Rights) *spec.Path {
	for i := range s.Paths {
		if p := &s.Paths[i]; takes(p, right) && spec.Beneath(p.Path, path) {
			return p
		}
	}
	return nil
}

func takes(p *spec.Path, right carve.Rights) bool { return taken(p.Kind)&right != 0 }

// anyGrantOf returns the deepest grant at or above path, whatever it grants.
func anyGrantOf(s *spec.Spec, path string) *spec.Path {
	var best *spec.Path
	for i := range s.Paths {
		if p := &s.Paths[i]; p.Kind.Grants() && atOrAbove(p.Path, path) && (best == nil || len(p.Path) > len(best.Path)) {
			best = p
		}
	}
	return best
}

// Recognise makes the reason of a denial, that nothing grants the path, a more
// telling one where wide, a spec that grants more, denies it all the same.
func Recognise(v *Verdict, wide *spec.Spec) {
	if d := denyOf(wide, v.Resolved, carve.ReadFile); d != nil && v.Status == Denied && v.Reason == NotInAllowedPaths {
		v.Reason, v.Category = SensitivePath, categoryOf(d)
		if blocked(d) {
			v.Reason = BlockedCommand
		}
		v.Line = &spec.Path{Kind: d.Kind, Path: d.Path, By: d.By}
	}
}

// categoryOf is what a deny protects.
func categoryOf(p *spec.Path) string { return p.By.String() }

// blocked reports whether a deny is a blocked command's.
func blocked(p *spec.Path) bool { return p.By.Source == spec.BlockedCommand }

// reasonOf is why something is allowed by the line p. cwd is the working
// directory.
func reasonOf(p *spec.Path, cwd string) Reason {
	switch {
	case p == nil:
		return ExplicitGrant
	case p.By.Source == spec.PrivateTemp:
		return PrivateTemp
	case p.By.Source == spec.System:
		return SystemPath
	case p.Path == cwd:
		return WithinWorkdir
	}
	return ExplicitGrant
}

// taken returns what a line of kind k takes away at and beneath its path. A grant
// takes nothing.
func taken(k spec.Kind) carve.Rights {
	switch k {
	case spec.Deny:
		return carve.OfFiles | carve.List | carve.Create | carve.RemoveDir
	case spec.DenyWrite:
		return carve.Changing
	}
	return 0
}
