package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// A tried is, by the flags of a suggestion, the policy with it; nil where there is
// nothing to be learnt from that.
type tried map[string]*query.Asker

// prove takes a suggestion back that would not do. To grant a directory brings
// what the lists protect in it, of which the spec so far says nothing: it was
// out of reach. To leave a deny out may leave the lists' own at the same path.
func (w *sandbox) prove(q query.Question, v *query.Verdict) {
	if v.Suggestion == nil || !slices.ContainsFunc(v.Suggestion.Parts, uncertain) {
		return
	}
	flags := v.Suggestion.String()
	then := w.then(v.Suggestion, q)
	if then == nil || then.Status == query.Allowed {
		return
	}
	if then.Suggestion != nil && slices.ContainsFunc(v.Suggestion.Parts, dropsDeny) {
		both := &query.Suggestion{Parts: slices.Concat(v.Suggestion.Parts, then.Suggestion.Parts)}
		if last := w.then(both, q); last != nil && last.Status == query.Allowed {
			v.Suggestion = w.needed(both, q)
			return
		}
	}
	v.Suggestion = nil
	note := "nothing on the command line allows it"
	switch {
	case then.Reason == query.ChainDirectory:
		note = "nor would " + flags + ": " + because(then)
	case !v.Exists:
		note += " before it exists"
	}
	if v.Note != "" {
		note = v.Note + "; " + note
	}
	v.Note = note
}

// needed takes the flags out of a suggestion that was put together from two which
// are not needed after all. The denies to be left out stay: one is told by what it
// denies, which may be what another denies too.
func (w *sandbox) needed(s *query.Suggestion, q query.Question) *query.Suggestion {
	for i := 0; i < len(s.Parts); {
		less := &query.Suggestion{Parts: slices.Delete(slices.Clone(s.Parts), i, i+1)}
		if v := w.then(less, q); !s.Parts[i].Drop && v != nil && v.Status == query.Allowed {
			s = less
		} else {
			i++
		}
	}
	return s
}

// then is what the policy with a suggestion says, or nil where that tells nothing
// new.
func (w *sandbox) then(s *query.Suggestion, q query.Question) *query.Verdict {
	flags := s.String()
	a, done := w.tried[flags]
	if !done {
		a = w.with(s.Parts)
		w.tried[flags] = a
	}
	if a == nil {
		return nil
	}
	v := a.Ask(q)
	return &v
}

// with compiles the policy with the parts of a suggestion besides. It returns nil
// where that cannot be done or protects nothing more.
func (w *sandbox) with(parts []query.Part) *query.Asker {
	host, opts := w.host, policy.Options{NetBlock: true, Tools: tools()}
	if w.request != nil {
		opts = *w.request
	} else {
		h, err := policy.ThisHost(w.platform)
		if err != nil {
			return nil
		}
		host = h
	}
	opts.NetBlock = true // the bare defaults are a policy to ask about
	opts.Grants = slices.Clip(opts.Grants)
	dropping := slices.ContainsFunc(parts, dropsDeny)
	if dropping && w.request == nil {
		return nil // which flags it was started with is not known
	}
	for _, p := range parts {
		kind := spec.KindOf(strings.TrimPrefix(p.Flag, "--"))
		switch {
		case p.Drop:
			w.leaveOut(&opts, p)
		case p.Flag == "--allow-rmdir":
			opts.Allow.Rmdir = true
		case p.Flag == "--allow-unix-sockets":
			opts.Allow.UnixSockets = true
		case p.Flag == "--allow-command":
			opts.AllowCommands = append(slices.Clip(opts.AllowCommands), p.Arg)
		case kind != 0 && kind.Grants():
			opts.Grants = append(opts.Grants, policy.Grant{Kind: kind, Path: p.Arg})
		default:
			return nil
		}
	}
	pol, err := policy.Compile(opts, host)
	if err != nil {
		return nil
	}
	if !dropping && !slices.ContainsFunc(pol.Spec.Paths, w.news) {
		return nil // the suggestion was tried out on all that matters
	}
	if w.request == nil {
		return query.Inside(w.besides(pol.Spec), w.abi, w.cwd)
	}
	a, err := query.ForPlatform(w.platform, pol.Spec, w.abi, w.cwd)
	if err != nil {
		return nil
	}
	return a
}

// leaveOut takes a deny or a blocked command out of the flags.
func (w *sandbox) leaveOut(opts *policy.Options, p query.Part) {
	opts.BlockCommands = slices.DeleteFunc(slices.Clone(opts.BlockCommands), func(name string) bool {
		return p.Flag == "--block-command" && name == p.Arg
	})
	opts.Grants = slices.DeleteFunc(slices.Clone(opts.Grants), func(g policy.Grant) bool {
		return g.From == "" && "--"+g.Kind.String() == p.Flag && w.denotes(g.Path, p.Arg)
	})
}

// denotes reports whether a path as given is, or leads to, the path in a spec.
func (w *sandbox) denotes(given, path string) bool {
	if !filepath.IsAbs(given) {
		given = filepath.Join(w.host.Dir, given)
	}
	if real, err := filepath.EvalSymlinks(given); err == nil && real == path {
		return true
	}
	name := filepath.Clean(given)
	if dir, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		name = filepath.Join(dir, filepath.Base(name))
	}
	return name == path
}

// news reports whether p protects what the spec at hand says nothing about.
func (w *sandbox) news(p spec.Path) bool {
	return !p.Kind.Grants() && !slices.ContainsFunc(w.spec.Paths, func(have spec.Path) bool { return have.Kind == p.Kind && have.Path == p.Path })
}

// besides is the spec of flags that are not known, with what a policy of the
// suggestion alone grants and protects. Blocked commands are no part of that: it
// may have been started with some allowed.
func (w *sandbox) besides(more *spec.Spec) *spec.Spec {
	out := *w.spec
	out.Rmdir = out.Rmdir || more.Rmdir
	out.UnixSockets = out.UnixSockets || more.UnixSockets
	out.Paths = slices.Clone(w.spec.Paths)
	for _, p := range more.Paths {
		if p.Kind.Grants() == (p.By.Source == spec.Flag) && p.By.Source != spec.BlockedCommand {
			out.Paths = append(out.Paths, p)
		}
	}
	return &out
}

// uncertain reports whether only a policy made anew tells what a part comes to.
func uncertain(p query.Part) bool { return grantsDirectory(p) || dropsDeny(p) }

// dropsDeny reports whether the part is a deny to be left out.
func dropsDeny(p query.Part) bool { return p.Drop && p.Flag != "--net-block" }

// grantsDirectory reports whether the part is a grant of a directory.
func grantsDirectory(p query.Part) bool {
	return !p.Drop && (p.Flag == "--read" || p.Flag == "--write" || p.Flag == "--allow")
}
