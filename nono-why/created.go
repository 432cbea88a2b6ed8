package main

import (
	"slices"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// created answers for what does not exist yet and nono run makes before the start,
// since a profile wants it: the grant of it holds then.
func (w *sandbox) created(v *query.Verdict) {
	if v.Exists || !slices.ContainsFunc(w.create, func(path string) bool { return advice.Denotes(path, v.Resolved, w.host.Dir) }) {
		return
	}
	i := slices.IndexFunc(w.spec.Paths, func(p spec.Path) bool { return p.Kind.Grants() && p.Path == v.Resolved })
	if i < 0 {
		return
	}
	line := &w.spec.Paths[i]
	want := takes(v.Op, line.Kind.File())
	if want == 0 || carve.Granted(line.Kind, w.spec.Rmdir)&want != want {
		return
	}
	*v = query.Verdict{Status: query.Allowed, Reason: query.ExplicitGrant, Op: v.Op, Path: v.Path, Resolved: v.Resolved,
		Line: line, Note: "nono run makes it before the start"}
}

// takes is what opening a new file or directory takes; 0 for any other operation.
func takes(op query.Op, file bool) carve.Rights {
	read, write := carve.List, carve.Create|carve.WriteFile
	if file {
		read, write = carve.ReadFile, carve.WriteFile
	}
	switch {
	case op == query.Read, op == query.List && !file:
		return read
	case op == query.Write:
		return write
	case op == query.ReadWrite:
		return read | write
	}
	return 0
}
