package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/advice"
	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/shellquote"
	"github.com/nono-sandbox/nono/core/wants"
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
		hint, e := w.usual(argv, pol.Command.Path)
		v.Note, err = advice.Sentences(v.Note, hint), errors.Join(err, e)
	}
	return w.andArguments(v, argv, err)
}

// usual says what the command usually wants and is not granted, as nono run does before
// it starts it; file is the command's.
func (w *sandbox) usual(argv []string, file string) (string, error) {
	finder, err := wants.NewFinder(w.host.GOOS, w.host.Env, w.request.AllowCommands, w.request.BlockCommands)
	if err != nil {
		return "", err
	}
	finder.Scripts = cli.ScriptsOf
	argv = append([]string{file}, argv[1:]...)
	want := finder.Of(argv, w.cwd)
	env := profile.Env{GOOS: w.host.GOOS, Getenv: w.host.Env, UID: w.host.UID, Workdir: w.cwd}
	return want.Hint(want.Missing(wants.Have{
		Spec: w.spec, Profiles: w.inUse, Dir: w.cwd,
		Lifted: func(command string) bool { return !slices.Contains(finder.Blocked, command) },
		Load:   func(name string) (*profile.Profile, error) { return cli.LoadProfile(name, env) },
	})), nil
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
	if v.Path == "PATH" { // as the shell functions' hint has it
		v.Note = advice.Sentences(v.Note, "PATH stands for the path that was refused: put that one in its place")
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
