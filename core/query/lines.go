package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/spec"
)

// Recognise makes the reason of a denial, that nothing grants the path, a more
// telling one where wide, a spec that grants more, denies it all the same.
func Recognise(v *Verdict, wide *spec.Spec) {
	if d := byname.Deny(wide, v.Resolved, carve.ReadFile); d != nil && v.Status == Denied && v.Reason == NotInAllowedPaths {
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
