package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
)

// aboutCommand says whether a command is blocked: as what nono run is to start,
// and as a child of that.
func (w *sandbox) aboutCommand(name string) (query.Verdict, error) {
	v := query.Verdict{Command: name, Status: query.NotSandboxed, Reason: query.OutsideOfAnyone}
	if w.outside {
		return v, nil
	}
	path := policy.FindCommand(name, os.Getenv("PATH"))
	if path == "" {
		return w.nameOnly(name)
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs // it is looked up here, wherever it starts
	}
	v, err := w.about(query.Question{Op: query.Execute, Path: path})
	if err != nil {
		return v, err
	}
	v.Command, v.Op = name, query.Execute
	if w.request == nil {
		return v, nil
	}
	refusal := w.refusal(name)
	switch {
	case refusal != nil && v.Status == query.Allowed:
		v.Status, v.Reason, v.EnforcedBy, v.Errno = query.Denied, query.BlockedCommand, "nono run", ""
		v.Line = nil
		v.Category, v.Note = refusal.Fault.Err.Error(), "nono run refuses to start it; a child process can: "+w.whyLoose(name)
	case refusal != nil:
		v.Note = "nono run refuses to start it, and no child process can"
	case v.Status == query.Allowed && v.Note == "":
		v.Note = "as the command itself and as a child process"
	case v.Status == query.Denied && v.Reason == query.NotInAllowedPaths:
		return w.started(v), nil
	}
	return v, nil
}

// noteForbidden names the policy that keeps a blocked command blocked.
func (w *sandbox) noteForbidden(v *query.Verdict) {
	if v.Reason != query.BlockedCommand {
		return
	}
	if by := w.managed.Forbids("allow-command", v.Command, w.platform); by != "" {
		v.Suggestion = nil
		v.Note = advice.Sentences(v.Note, "the policy "+fault.Quote(by)+" keeps it blocked")
	}
}

// started answers for a command whose file nothing grants but nono run, which
// grants the one that it starts; v is the answer for child processes.
func (w *sandbox) started(v query.Verdict) query.Verdict {
	v.Note = "nono run grants the file that it starts; for child processes it must be granted"
	opts := *w.request
	opts.NetBlock, opts.Command = true, []string{v.Command}
	pol, err := policy.Compile(opts, w.host)
	if err != nil {
		return v
	}
	a, err := query.ForPlatform(w.platform, pol.Spec, w.abi, w.cwd)
	if err != nil {
		return v
	}
	itself := a.Ask(query.Question{Op: query.Execute, Path: v.Path})
	if itself.Status != query.Allowed {
		return v
	}
	itself.Command, itself.Note = v.Command, v.Note
	return itself
}

// refusal is the error by which nono run would refuse the command for its name,
// or nil.
func (w *sandbox) refusal(name string) *policy.CommandError {
	opts := *w.request
	opts.NetBlock, opts.Command = true, []string{name}
	_, err := policy.Compile(opts, w.host)
	var refused *policy.CommandError
	if errors.As(err, &refused) && refused.Blocked != "" {
		return refused
	}
	return nil
}

func (w *sandbox) whyLoose(name string) string {
	for _, l := range w.loose {
		if l.Name == name {
			return fault.Quote(l.File) + " " + l.Why
		}
	}
	return "its file is not denied"
}

// nameOnly answers for a command that is not installed.
func (w *sandbox) nameOnly(name string) (query.Verdict, error) {
	v := query.Verdict{Command: name, Status: query.Allowed, Reason: query.NotBlocked, Note: "it is in no directory of PATH"}
	if w.request == nil {
		return v, nil
	}
	category, err := policy.Blocked(name, w.platform, w.request)
	if category != "" {
		v.Status, v.Reason, v.Category, v.EnforcedBy = query.Denied, query.BlockedCommand, spec.Origin{Source: spec.BlockedCommand, Detail: category}.String(), "nono run"
	}
	return v, err
}
