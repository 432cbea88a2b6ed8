package query

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
)

// A Part is one flag: to be added to the command line, or to be left out.
type Part struct {
	Flag string // with its dashes
	Arg  string // "" for none
	Drop bool
}

// A Suggestion is what to change on the command line of nono-run, all of it.
type Suggestion struct{ Parts []Part }

// String spells the suggestion as it can be pasted, or, for what is to be left
// out, says so.
func (s *Suggestion) String() string {
	var add, drop []string
	for _, p := range s.Parts {
		text := p.Flag
		if p.Arg != "" {
			text += " " + shellquote.Word(p.Arg)
		}
		if p.Drop {
			drop = append(drop, text)
		} else {
			add = append(add, text)
		}
	}
	out := strings.Join(add, " ")
	if len(drop) > 0 {
		if out != "" {
			out += ", and "
		}
		out += "leave out " + strings.Join(drop, " ")
	}
	return out
}

// Args returns the flags to add, as arguments.
func (s *Suggestion) Args() []string {
	var args []string
	for _, p := range s.Parts {
		if !p.Drop {
			args = append(args, p.Flag)
			if p.Arg != "" {
				args = append(args, p.Arg)
			}
		}
	}
	return args
}

// Apply returns the spec that s becomes with the suggestion, as the policy would
// make it from the flags.
func Apply(s *spec.Spec, sug *Suggestion) *spec.Spec {
	out := *s
	out.Paths = slices.Clone(s.Paths)
	for _, p := range sug.Parts {
		switch p.Flag {
		case "--allow-rmdir":
			out.Rmdir = true
		case "--allow-unix-sockets":
			out.UnixSockets = true
		case "--net-block":
			out.Net = true
		case "--allow-command":
			out.Paths = slices.DeleteFunc(out.Paths, func(l spec.Path) bool { return lifts(s, p.Arg, &l) })
		case "--deny", "--deny-write", "--block-command":
			out.Paths = slices.DeleteFunc(out.Paths, func(l spec.Path) bool { return drops(s, p, &l) })
		default:
			if k := yields(&out, kindOf(p.Flag), p.Arg); k != 0 {
				out.Paths = append(out.Paths, spec.Path{Kind: k, Path: p.Arg, By: spec.Origin{Source: spec.Flag, Detail: p.Flag}})
			}
		}
	}
	return &out
}

// yields is what the policy makes of a grant at path, where the user's own --deny
// or --deny-write wins: 0 for nothing.
func yields(s *spec.Spec, k spec.Kind, path string) spec.Kind {
	for i := range s.Paths {
		switch l := &s.Paths[i]; {
		case l.Path != path || !userDeny(l):
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

func kindOf(flag string) spec.Kind {
	for k := spec.Read; k.Grants(); k++ {
		if "--"+k.String() == flag {
			return k
		}
	}
	return 0
}

// lifts reports whether --allow-command what removes the line l of s.
func lifts(s *spec.Spec, what string, l *spec.Path) bool {
	if !blocked(l) || l.By == byBlockFlag {
		return false
	}
	return what == "all" || what == strings.ReplaceAll(l.By.Detail, " ", "-") || what == spec.Base(l.Path)
}

// drops reports whether leaving out the flag p removes the line l of s: it is one
// of what was typed, or of where that leads.
func drops(s *spec.Spec, p Part, l *spec.Path) bool {
	if l.Kind.Grants() || !l.By.Typed() {
		return false
	}
	for i := range s.Paths {
		t := &s.Paths[i]
		named := userDeny(t) && "--"+t.Kind.String() == p.Flag && t.Path == p.Arg ||
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
func typed(s *spec.Spec, l *spec.Path) []Part {
	part := func(t *spec.Path) Part {
		if t.By == byBlockFlag {
			return Part{Flag: "--block-command", Arg: spec.Base(t.Path), Drop: true}
		}
		return Part{Flag: "--" + t.Kind.String(), Arg: t.Path, Drop: true}
	}
	var parts []Part
	for i := range s.Paths {
		if p := part(&s.Paths[i]); leadsTo(&s.Paths[i], l) && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	if parts == nil {
		parts = []Part{part(l)}
	}
	return parts
}

// byBlockFlag is the origin of what --block-command denies.
var byBlockFlag = spec.Origin{Source: spec.BlockedCommand, Detail: spec.BlockFlag}

// userDeny reports whether a deny is the user's own, on the command line.
func userDeny(l *spec.Path) bool { return !l.Kind.Grants() && l.By.Source == spec.Flag }
