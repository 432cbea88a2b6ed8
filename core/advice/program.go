package advice

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/program"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// startProgram finds what lets a program start: itself, its interpreter or loader,
// and the command that its interpreter env(1) looks up. Where these lie together in
// a directory of their own, that is suggested: programs are seldom one file.
func (a *Adviser) startProgram(q query.Question, v *query.Verdict) *query.Suggestion {
	targets := []string{q.Path}
	if name := lookedUp(v.Resolved); name != "" && a.Host != nil {
		if file := policy.FindCommand(name, a.Host.Env("PATH")); file != "" {
			targets = append(targets, file)
		}
	}
	parts := []query.Part{}
	for range 2 * len(targets) * 4 { // the kernel follows no more interpreters
		lacking := a.lackingFor(targets, parts)
		if lacking == "" {
			break
		}
		file := query.Part{Flag: "--read-file", Arg: lacking}
		if isDir(lacking) || slices.Contains(parts, file) {
			return nil
		}
		parts = append(parts, file)
	}
	if len(parts) == 0 || a.lackingFor(targets, parts) != "" || !a.startsAll(targets, parts) {
		return nil
	}
	if len(parts) > 1 {
		if dir := a.together(parts); dir != "" {
			whole := []query.Part{{Flag: "--read", Arg: dir}}
			if a.startsAll(targets, whole) {
				return &query.Suggestion{Parts: whole}
			}
		}
	}
	return &query.Suggestion{Parts: parts}
}

// lackingFor is the first thing that the policy with the parts keeps one of the
// targets from executing, or "".
func (a *Adviser) lackingFor(targets []string, parts []query.Part) string {
	for _, t := range targets {
		v := a.ask(parts, query.Question{Op: query.Execute, Path: t})
		if v.ByPolicy() {
			return v.Lacking
		}
	}
	return ""
}

func (a *Adviser) startsAll(targets []string, parts []query.Part) bool {
	return !slices.ContainsFunc(targets, func(t string) bool {
		v := a.ask(parts, query.Question{Op: query.Execute, Path: t})
		return v.Status != query.Allowed
	})
}

// ask is with, also for no change at all.
func (a *Adviser) ask(parts []query.Part, q query.Question) query.Verdict {
	if len(parts) == 0 {
		return a.asker.Ask(q)
	}
	return a.with(parts, q)
}

// lookedUp is the command that the script at path has env(1) look up in PATH, or
// "".
func lookedUp(path string) string {
	f, err := program.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	return f.LookedUp()
}

// together is the directory that holds all the files and belongs to them: not one
// in which other things are too, such as the home. "" where there is none.
func (a *Adviser) together(parts []query.Part) string {
	dir := spec.Parent(parts[0].Arg)
	for _, p := range parts[1:] {
		for !spec.Within(p.Arg, dir) {
			dir = spec.Parent(dir)
		}
	}
	// PREFIX/bin and PREFIX/lib belong together.
	if base := spec.Base(dir); (base == "bin" || base == "lib" || base == "libexec") && !a.shared(spec.Parent(dir)) {
		dir = spec.Parent(dir)
	}
	if a.shared(dir) {
		return ""
	}
	return dir
}

// shared reports whether a directory holds more than one program's things.
func (a *Adviser) shared(dir string) bool {
	if strings.Count(dir, "/") < 3 { // /, /opt, /usr/local
		return true
	}
	if a.Host == nil {
		return false
	}
	for _, home := range []string{a.Host.Env("HOME")} {
		real, err := filepath.EvalSymlinks(home)
		if err == nil && (spec.Within(real, dir) || dir == real+"/.local" || dir == real+"/.config" || dir == real+"/.cache") {
			return true
		}
	}
	return false
}
