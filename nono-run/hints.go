package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/lists"
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
	finder, err := o.finder(h)
	if err != nil {
		return "", wants.Wants{}, err
	}
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
	return w.Hint(w.Missing(have)), w, nil
}

// finder reads the lists of what commands want and of what is blocked here.
func (o *options) finder(h policy.Host) (*wants.Finder, error) {
	name, own := ownWants(h)
	list, err := lists.CommandsWant(name, own)
	if err != nil {
		return nil, err
	}
	commands, err := lists.Commands(h.GOOS)
	if err != nil {
		return nil, err
	}
	f := &wants.Finder{Lists: list, Read: wants.ReadFile, Blocked: slices.Clone(o.BlockCommands)}
	for _, c := range commands {
		if !slices.Contains(o.AllowCommands, "all") && !slices.Contains(o.AllowCommands, c.Category) && !slices.Contains(o.AllowCommands, c.Name) {
			f.Blocked = append(f.Blocked, c.Name)
		}
	}
	return f, nil
}

// ownWants reads the user's own list of what commands want, if there is one.
func ownWants(h policy.Host) (name, text string) {
	name = filepath.Join(configDir(h), "nono", "wants")
	text, _ = wants.ReadFile(name)
	return name, text
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
