package advice

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A Profile is one that may help.
type Profile struct {
	Name string
	// Add returns the options with what the profile says.
	Add func(policy.Options) (policy.Options, error)
}

// added is what a profile comes to, once that was needed.
type added struct {
	name   string
	grants []policy.Grant // with resolved paths
	make   func() *spec.Spec
	spec   *spec.Spec
	made   bool
}

// mostProfiles is how many profiles are named.
const mostProfiles = 2

// profilesFor names the profiles that let q through, those that say least first.
func (a *Adviser) profilesFor(q query.Question, v *query.Verdict) []string {
	at, need := place(q.Op, v)
	if need == 0 || at == "" {
		return nil
	}
	var names []string
	for _, p := range a.addedProfiles() {
		reaches := func(g policy.Grant) bool {
			// A line that a profile includes is the other profile's, which says less.
			return g.From == p.name && spec.Within(at, g.Path) && carve.Granted(g.Kind, false)&need == need
		}
		if len(names) == mostProfiles || !slices.ContainsFunc(p.grants, reaches) {
			continue
		}
		if !p.made {
			p.spec, p.made = p.make(), true
		}
		if p.spec != nil && byNames(p.spec, at)&need == need {
			names = append(names, p.name)
		}
	}
	return names
}

// addedProfiles reads the profiles, once. One that cannot be used here is left out.
func (a *Adviser) addedProfiles() []*added {
	if a.profiles != nil || a.Host == nil {
		return a.profiles
	}
	var base policy.Options
	if a.Options != nil {
		base = *a.Options
	}
	base.NetBlock = true
	r := paths.NewResolver()
	a.profiles = []*added{}
	for _, p := range a.Profiles {
		o, err := p.Add(base)
		if err != nil {
			continue
		}
		n := &added{name: p.Name, make: func() *spec.Spec {
			pol, err := policy.Compile(o, *a.Host)
			if err != nil {
				return nil
			}
			return pol.Spec
		}}
		for _, g := range o.Grants[len(base.Grants):] {
			if t, err := r.Resolve(g.Path); err == nil && g.Kind.Grants() && strings.HasPrefix(g.Path, "/") {
				g.Path = t.Path
				n.grants = append(n.grants, g)
			}
		}
		a.profiles = append(a.profiles, n)
	}
	slices.SortStableFunc(a.profiles, func(x, y *added) int { return len(x.grants) - len(y.grants) })
	return a.profiles
}

// place is where an operation needs which rights. need is 0 for one on two paths,
// and for one that is not about a grant.
func place(op query.Op, v *query.Verdict) (at string, need carve.Rights) {
	dir := isDir(v.Resolved)
	switch op {
	case query.Read, query.List:
		if dir || op == query.List {
			return v.Resolved, carve.List
		}
		return v.Resolved, carve.ReadFile
	case query.Write, query.ReadWrite, query.Truncate:
		need = carve.WriteFile
		if op == query.ReadWrite {
			need |= carve.ReadFile
		}
		if dir {
			need |= carve.Create
		}
		return v.Resolved, need
	case query.Execute:
		return v.Resolved, carve.Execute
	case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Delete:
		need = carve.Create
		if op == query.Create {
			need |= carve.WriteFile
		}
		return spec.Parent(v.Resolved), need
	case query.Rmdir:
		return spec.Parent(v.Resolved), carve.RemoveDir
	}
	return "", 0
}

// byNames is what the lines of s give at path, whether or not it exists.
func byNames(s *spec.Spec, path string) carve.Rights {
	fits := func(p *spec.Path) bool {
		var st unix.Stat_t
		if unix.Lstat(p.Path, &st) != nil {
			return true
		}
		dir := uint32(st.Mode)&unix.S_IFMT == unix.S_IFDIR
		return (dir || !p.Kind.Directory()) && !(dir && p.Kind.File())
	}
	l := carve.NewLookup(s, fits, isDir)
	have := l.At("/")
	for end := range path {
		if end > 0 && path[end] == '/' {
			have |= l.At(path[:end])
		}
	}
	return have | l.At(path)
}

func isDir(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil && uint32(st.Mode)&unix.S_IFMT == unix.S_IFDIR
}
