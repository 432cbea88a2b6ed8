package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/policy"
	"github.com/nono-sandbox/nono/core/profile"
	"github.com/nono-sandbox/nono/core/wants"
)

// hint says, before the start, what the command usually wants and is not granted
// here: the flags, once, in one line. l is nil where there is no policy.
func (o *options) hint(l *launch, h policy.Host) (string, wants.Wants, error) {
	if len(o.Command) == 0 {
		return "", wants.Wants{}, nil
	}
	finder, err := wants.NewFinder(h.GOOS, h.Env, o.AllowCommands, o.BlockCommands)
	if err != nil {
		return "", wants.Wants{}, err
	}
	finder.Scripts = cli.ScriptsOf
	dir := o.workdir(h)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	have := wants.Have{Dir: dir, Lifted: func(c string) bool { return !slices.Contains(finder.Blocked, c) },
		Load: func(name string) (*profile.Profile, error) { return cli.LoadProfile(name, o.profileEnv(h)) }}
	argv := slices.Clone(o.Command)
	if l != nil {
		have.Spec, argv[0] = l.policy.Spec, l.policy.Command.Path
	}
	if o.profile != nil {
		have.Profiles = o.profile.Names
	}
	w := finder.Of(argv, dir)
	missing := slices.DeleteFunc(w.Missing(have), func(m wants.Want) bool { return o.forbids(m, have.Load, h.GOOS) })
	return w.Hint(missing), w, nil
}

// forbids reports whether a policy forbids a flag that would be hinted at, or a line of
// the profile that it names.
func (o *options) forbids(m wants.Want, load func(string) (*profile.Profile, error), goos string) bool {
	if o.Managed == nil || m.Flag != "profile" {
		return o.Managed.Forbids(m.Flag, m.Arg, goos) != ""
	}
	p, err := load(m.Arg)
	return err == nil && (slices.ContainsFunc(p.Names, func(name string) bool { return o.Managed.Forbids("profile", name, goos) != "" }) ||
		slices.ContainsFunc(p.Lines, func(l profile.Line) bool { return o.Managed.Forbids(l.Word, l.Value, goos) != "" }))
}

// better puts what the command usually wants in place of the hint that an error
// has, where the command cannot be started without: it opens more of what it will
// need next.
func (o *options) better(err error, h policy.Host) error {
	var command *policy.CommandError
	if !errors.As(err, &command) || command.Status != fault.CannotStart || command.Fault.Hint == "" || os.Getenv("HOME") == "" {
		return err
	}
	if hint, _, e := o.hint(nil, h); e == nil && hint != "" {
		command.Fault.Hint = hint
	}
	return err
}
