package advice

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/spec/origins"
)

// Edit returns the spec that s becomes with the changes, by its lines alone. What
// the lists protect beneath a new grant is not in it: see Adviser.
func Edit(s *spec.Spec, parts []query.Part) *spec.Spec {
	out := *s
	out.Paths = slices.Clone(s.Paths)
	for _, p := range parts {
		if allow(&out.Switches, p) {
			continue
		}
		switch p.Flag {
		case "--port":
			out.Ports = changePorts(s.Ports, p)
		case "--allow-command":
			out.Paths = slices.DeleteFunc(out.Paths, func(l spec.Path) bool { return lifts(s, p.Arg, &l) })
		case "--deny", "--deny-write", "--block-command":
			out.Paths = slices.DeleteFunc(out.Paths, func(l spec.Path) bool { return drops(s, p, &l) })
		default:
			path := real(p.Arg)
			if k := left(&out, kindOf(p.Flag), path); k != 0 {
				out.Paths = append(out.Paths, spec.Path{Kind: k, Path: path, By: spec.Origin{Source: spec.Flag, Detail: p.Flag}})
			}
		}
	}
	return &out
}

// allow turns a switch on, if the part is about one.
func allow(s *spec.Switches, p query.Part) bool {
	if p.Drop && p.Flag == "--net-block" {
		s.Net = true
		return true
	}
	for i := range spec.SwitchTable {
		if w := &spec.SwitchTable[i]; w.Flag != "" && "--"+w.Flag == p.Flag {
			*w.Of(s) = true
			return true
		}
	}
	return false
}

// left is what the policy makes of a grant at path, where the user's own --deny
// or --deny-write wins, and a policy's: 0 for nothing.
func left(s *spec.Spec, k spec.Kind, path string) spec.Kind {
	for i := range s.Paths {
		switch l := &s.Paths[i]; {
		case !(userDeny(l) && l.Path == path || managed(l) && spec.Within(path, l.Path)):
		case l.Kind == spec.Deny, k == spec.Write, k == spec.WriteFile, k == spec.Device:
			return 0
		case k == spec.Allow, k == spec.Temp:
			k = spec.Read
		case k == spec.AllowFile:
			k = spec.ReadFile
		}
	}
	return k
}

// real takes the symlinks out of a path: /proc/self, which a verdict has for this
// process.
func real(path string) string {
	if !strings.HasPrefix(path, "/proc/self/") {
		return path
	}
	t, err := paths.NewResolver().Resolve(path)
	if err != nil {
		return path
	}
	return t.Path
}

// kindOf is what a flag grants, or 0.
func kindOf(flag string) spec.Kind {
	if k := spec.KindOf(strings.TrimPrefix(flag, "--")); k.Grants() {
		return k
	}
	return 0
}

// blocked reports whether a line is a blocked command's.
func blocked(l *spec.Path) bool { return l.By.Source == spec.BlockedCommand }

// lifts reports whether --allow-command what removes the line l of s.
func lifts(s *spec.Spec, what string, l *spec.Path) bool {
	if !blocked(l) || l.By == byBlockFlag || spec.ParseOrigin(l.By.Detail).Source == spec.Policy {
		return false
	}
	return what == "all" || what == strings.ReplaceAll(l.By.Detail, " ", "-") || what == spec.Base(l.Path)
}

// drops reports whether leaving out the flag p removes the line l of s: it is one
// of what was typed, or of where that leads.
func drops(s *spec.Spec, p query.Part, l *spec.Path) bool {
	if l.Kind.Grants() || !origins.Typed(l.By) {
		return false
	}
	for i := range s.Paths {
		t := &s.Paths[i]
		named := userDeny(t) && "--"+t.Kind.String() == p.Flag && (t.Path == p.Arg || origins.Pattern(t.By) == p.Arg && p.Arg != "") ||
			t.By == byBlockFlag && p.Flag == "--block-command" && spec.Base(t.Path) == p.Arg
		if named && t.Kind == l.Kind && (t.Path == l.Path || leadsTo(t, l)) {
			return true
		}
	}
	return false
}

// leadsTo reports whether t, a deny of a symlink, is why l, a deny of what it
// leads to, is there.
func leadsTo(t, l *spec.Path) bool {
	if t.By != l.By || t.Kind != l.Kind || t.Path == l.Path {
		return false
	}
	real, err := filepath.EvalSymlinks(t.Path)
	return err == nil && real == l.Path
}

// typed lists what is to be left out so that l goes: the symlinks that lead to
// it, if such were denied, or itself.
func typed(s *spec.Spec, l *spec.Path) []query.Part {
	part := func(t *spec.Path) query.Part {
		if t.By == byBlockFlag {
			return query.Part{Flag: "--block-command", Arg: spec.Base(t.Path), Drop: true}
		}
		arg := t.Path
		if pattern := origins.Pattern(t.By); pattern != "" {
			arg = pattern
		}
		return query.Part{Flag: "--" + t.Kind.String(), Arg: arg, Drop: true}
	}
	var parts []query.Part
	for i := range s.Paths {
		if p := part(&s.Paths[i]); leadsTo(&s.Paths[i], l) && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	if parts == nil {
		parts = []query.Part{part(l)}
	}
	return parts
}

// byBlockFlag is the origin of what --block-command denies.
var byBlockFlag = spec.Origin{Source: spec.BlockedCommand, Detail: spec.BlockFlag}

// managed reports whether a deny is of a policy of the machine's administrator.
func managed(l *spec.Path) bool { return !l.Kind.Grants() && l.By.Source == spec.Policy }

// userDeny reports whether a deny is the user's own, on the command line.
func userDeny(l *spec.Path) bool { return !l.Kind.Grants() && l.By.Source == spec.Flag }
