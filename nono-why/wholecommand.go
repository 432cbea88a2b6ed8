package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/shellquote"
)

// aboutWhole answers for a command with its arguments: whether nono run would start
// it, and which of the files that it names it could not read. Every verdict after
// the first is a denial.
func (w *sandbox) aboutWhole(argv []string) ([]query.Verdict, error) {
	words := shellquote.Words(argv)
	if w.outside {
		return []query.Verdict{{Command: words, Status: query.NotSandboxed, Reason: query.OutsideOfAnyone}}, nil
	}
	if w.request == nil {
		v, err := w.aboutCommand(argv[0])
		v.Command = words
		return w.andArguments(v, argv, err)
	}
	opts := *w.request
	opts.NetBlock, opts.Command = true, argv
	pol, err := policy.Compile(opts, w.host)
	var refused *policy.CommandError
	switch {
	case errors.As(err, &refused) && refused.Blocked != "":
		v, err := w.aboutCommand(argv[0])
		v.Command = words
		return []query.Verdict{v}, err
	case refused != nil:
		v := query.Verdict{Command: words, Status: query.Denied, Reason: query.CannotStart, EnforcedBy: "nono run", Note: whyRefused(refused)}
		if refused.Status == fault.NotFound {
			v.Reason = query.DoesNotExist
		}
		return []query.Verdict{v}, nil
	}
	if err != nil {
		return nil, err
	}
	// The command itself is granted by being the command.
	w.spec, w.request = pol.Spec, &opts
	w.asker = nil
	v, err := w.about(query.Question{Op: query.Execute, Path: pol.Command.Path})
	v.Command = words
	if v.Status == query.Allowed {
		v.Note = "nono run starts it; what it opens and starts itself is asked about by path"
	}
	return w.andArguments(v, argv, err)
}

// whyRefused is why nono run does not start a command, with the remedy.
func whyRefused(e *policy.CommandError) string {
	text := e.Fault.Err.Error()
	if hint := fault.HintOf(e); hint != "" {
		text += "; " + hint
	}
	return text
}

// andArguments adds the verdicts on the files that the arguments name, where they
// are denied.
func (w *sandbox) andArguments(v query.Verdict, argv []string, err error) ([]query.Verdict, error) {
	all := []query.Verdict{v}
	for _, arg := range argv[1:] {
		at := arg
		if !filepath.IsAbs(at) {
			at = filepath.Join(w.cwd, at)
		}
		if _, e := os.Lstat(at); err != nil || arg == "" || strings.HasPrefix(arg, "-") || e != nil {
			continue
		}
		var read query.Verdict
		if read, err = w.about(query.Question{Op: query.Read, Path: arg}); read.Status == query.Denied {
			all = append(all, read)
		}
	}
	return all, err
}

// suggestCommand tells, where a bare word was asked about as a path and no such file
// exists, how to ask about the command of that name.
func (w *sandbox) suggestCommand(v *query.Verdict) {
	if v.Path == "" || v.Exists || strings.Contains(v.Path, "/") || w.outside {
		return
	}
	about := "'nono why --command " + shellquote.Word(v.Path) + "' asks about "
	if policy.FindCommand(v.Path, os.Getenv("PATH")) != "" {
		about += "the command of that name"
	} else {
		about += "a command"
	}
	v.Note = advice.Sentences(v.Note, "there is no file "+fault.Quote(v.Path)+" here; "+about)
}
