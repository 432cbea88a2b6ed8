package policy

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/program"
	"github.com/nono-sandbox/nono/core/spec"
)

// grant grants the file at path and, for a script, its interpreter,
// unless it is blocked: what runs then runs by this grant. The kernel follows at
// most a few interpreters of interpreters (execve(2)).
func (s *starter) grant(who, path string, depth int) error {
	p, err := s.res.Resolve(path)
	if err != nil || !p.Exists || p.IsDir() {
		return nil // an interpreter that is missing: the exec will say so
	}
	if err := s.refuseBlocked(who, path); err != nil {
		return err
	}
	if s.lines.left(spec.ReadFile, p.Path, fromOthers) == 0 {
		if policy := s.lines.sealedBy(p.Path); policy != "" {
			return cannotStart(s.o.Command[0], fault.CannotStart, "the policy "+fault.Quote(policy)+" denies "+fault.Quote(p.Path), shows)
		}
		hint := "leave out --deny " + fault.Quote(p.Path)
		if !s.lines.shut[p.Path] {
			hint = "--read-file " + fault.Quote(p.Path) + " opens this one file"
		}
		return cannotStart(s.o.Command[0], fault.CannotStart, "--deny shuts "+fault.Quote(p.Path), hint)
	}
	f, _ := program.Open(p.Path) // one that cannot be read is neither
	defer f.Close()
	named := depth == 0 && (p.Path == filepath.Clean(path) || f.IsScript() || f.IsMachineCode())
	if named || depth > 0 && s.isProgram(p.Path, f) {
		s.lines.grant(spec.ReadFile, p.Path, spec.Origin{Source: spec.Command}, fromOthers)
	}
	if depth > 4 {
		return nil
	}
	interp, _, _ := f.Interpreter()
	interp = strings.TrimRight(interp, "\r") // of a file with DOS's ends of lines
	if interp == "" {
		return nil
	}
	if interp[0] != '/' {
		interp = spec.Join(s.h.Dir, interp)
	}
	// `#!/usr/bin/env NAME` is how a script asks for PATH lookup.
	if name := f.LookedUp(); name != "" {
		if real, err := s.lookup(name); err == nil {
			if err := s.grant("its interpreter", real, depth+1); err != nil {
				return err
			}
		}
	}
	return s.grant("its interpreter", interp, depth+1)
}

// isProgram reports whether what a script names as its interpreter is opened for
// it: a program in machine code, or a script in a directory of commands. Who wrote
// the script is not known, and the name of a secret file in its first line must
// not open that file: the script would not start by it, but by another
// interpreter, to which env(1) has many ways. Nor must a symlink that is named as
// the command: by the time of the start something else may have taken its place.
func (s *starter) isProgram(path string, f *program.File) bool {
	if f.IsScript() {
		return slices.Contains(s.cmds.dirs, spec.Parent(path))
	}
	return f.IsMachineCode()
}
