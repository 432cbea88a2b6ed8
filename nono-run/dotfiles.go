package main

import (
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/spec"
)

// mostSymlinks are told about at one start.
const mostSymlinks = 4

// dotfiles names the settings of an agent that are symlinks to what nothing grants,
// as those are that a tool for dotfiles has put there: the agent would find them shut, and
// some then begin with empty ones in silence. Looked at is what lies directly in a
// protected directory that a profile opens.
func (l *launch) dotfiles(p *cli.Printer) {
	res := paths.NewResolver()
	told := 0
	for _, g := range l.policy.Lifted {
		if l.profile == nil || !l.meant(g) {
			continue
		}
		entries := res.List(g.Path)
		for _, name := range res.NamesIn(g.Path, func(n string) bool { return entries.Kind(n) == paths.IsLink }) {
			path := spec.Join(g.Path, name)
			to, err := res.Resolve(path)
			if err != nil || !to.Exists || l.granted(to.Path) || told == mostSymlinks {
				continue
			}
			told++
			flag := "--allow-file "
			if to.IsDir() {
				flag = "--allow "
			}
			p.Notice(fault.Quote(path) + " is a symlink to " + fault.Quote(to.Path) + ", which nothing grants (" + flag + shellquote.Word(to.Path) + " does)")
		}
	}
}

// granted reports whether a line grants path or a directory above it.
func (l *launch) granted(path string) bool {
	for _, line := range l.policy.Spec.Paths {
		if line.Kind.Grants() && spec.Within(path, line.Path) {
			return true
		}
	}
	return false
}
