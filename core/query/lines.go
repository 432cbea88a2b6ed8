package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/spec"
)

// Recognise gives v a better reason if nothing grants its path, and wide, a spec that grants
// more, has a deny for this path.
func Recognise(v *Verdict, wide *spec.Spec) {
	if d := byname.Deny(wide, v.Resolved, carve.ReadFile); d != nil && v.Status == Denied && v.Reason == NotInAllowedPaths {
		v.Reason, v.Category = SensitivePath, categoryOf(d)
		if blocked(d) {
			v.Reason = BlockedCommand
		}
		v.Line = &spec.Path{Kind: d.Kind, Path: d.Path, By: d.By}
	}
}

// categoryOf returns the category of a deny.
func categoryOf(p *spec.Path) string { return p.By.String() }

// blocked reports whether a deny is for a blocked command.
func blocked(p *spec.Path) bool { return p.By.Source == spec.BlockedCommand }

// reasonOf returns the reason for an operation that the line p allows. cwd is the working
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
