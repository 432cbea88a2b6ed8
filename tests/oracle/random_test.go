//go:build linux

package oracle

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// randomSpec grants and denies things in the tree.
func (t *tree) randomSpec() *spec.Spec {
	s := &spec.Spec{Switches: spec.Switches{Net: t.r.IntN(2) == 0, UnixSockets: t.r.IntN(3) == 0, Rmdir: t.r.IntN(3) == 0}}
	kinds := []spec.Kind{spec.Read, spec.Write, spec.Allow, spec.Allow, spec.ReadFile, spec.WriteFile, spec.AllowFile,
		spec.Device, spec.Temp, spec.Deny, spec.Deny, spec.Deny, spec.DenyWrite, spec.DenyWrite}
	have := map[string]bool{}
	if t.r.IntN(4) > 0 {
		k := []spec.Kind{spec.Allow, spec.Allow, spec.Temp, spec.Read, spec.Write}[t.r.IntN(5)]
		s.Paths = append(s.Paths, spec.Path{Kind: k, Path: t.root, By: spec.ParseOrigin("--test")})
	}
	for range 1 + t.r.IntN(7) {
		p := spec.Path{Kind: kinds[t.r.IntN(len(kinds))], By: spec.ParseOrigin("--test")}
		if p.Path = t.granted(p.Kind); p.Path == "" || have[p.Path] && t.r.IntN(4) > 0 {
			continue
		}
		if !p.Kind.Grants() {
			p.By = spec.ParseOrigin([]string{"a category", "--deny", "blocked command: a category"}[t.r.IntN(3)])
			if p.Kind == spec.DenyWrite {
				p.By = spec.ParseOrigin("a category")
			}
		}
		p.Optional = t.r.IntN(5) == 0
		have[p.Path] = true
		s.Paths = append(s.Paths, p)
	}
	if t.r.IntN(12) == 0 {
		s.Paths = append(s.Paths, spec.Path{Kind: []spec.Kind{spec.Read, spec.Allow}[t.r.IntN(2)], Path: "/", By: spec.ParseOrigin("--test")})
	}
	return s
}

// granted returns a path in the tree that a line of kind k can have, or "".
func (t *tree) granted(k spec.Kind) string {
	switch {
	case !k.Grants() && t.r.IntN(3) == 0:
		return filepath.Join(t.real(t.pick(t.dirs)), t.name())
	case !k.Grants() && t.r.IntN(2) == 0 && len(t.files) > 0:
		return t.real(t.pick(t.files))
	case k.Directory() || !k.Grants():
		return t.real(t.pick(t.dirs))
	case len(t.files) == 0:
		return ""
	}
	p := t.real(t.pick(t.files))
	st, err := os.Lstat(p)
	if err != nil || st.IsDir() || st.Mode()&os.ModeSymlink != 0 || k == spec.Device && st.Mode()&os.ModeDevice == 0 {
		return ""
	}
	return p
}

// real is path without the symlinks on its way; the last name is not followed.
func (t *tree) real(path string) string {
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// question makes one up.
func (t *tree) question() query.Question {
	q := query.Question{Op: query.Ops[t.r.IntN(len(query.Ops))], Path: t.asked()}
	switch q.Op {
	case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Mksock, query.Mkdev:
		if t.r.IntN(4) > 0 {
			q.Path = t.pick(t.dirs) + "/" + t.name()
		}
	}
	if q.Op.Two() {
		q.To = t.asked()
	}
	return q
}

// asked is a path in the tree, spelled in some way.
func (t *tree) asked() string {
	all := slices.Concat(t.dirs, t.files, t.files)
	p := t.pick(all)
	switch t.r.IntN(16) {
	case 0:
		p = t.pick(t.dirs) + "/" + t.name() + "/../" + t.name()
	case 1:
		p += "/" + t.name()
	case 2:
		p = t.pick(t.dirs) + "/" + t.name()
	case 3:
		if len(t.links) > 0 {
			p = t.pick(t.links) + "/" + t.name()
		}
	case 4:
		p += []string{"/", "/.", "/..", "//"}[t.r.IntN(4)]
	case 5:
		p = t.pick(t.dirs) + "/./" + t.name() + "/" + t.name()
	}
	return p
}
