package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/version"
)

const usage = `usage: nono diff    [--stat] [ID] [PATH ...]   show what a run changed
       nono keep    [--force] [ID] [PATH ...]  move the changes to the originals
       nono discard [ID] [PATH ...]            throw the changes away
       nono ephemeral list                     show the runs whose changes wait
       nono ephemeral prune [--older 7d]       throw old runs away
       nono undo    [--force] [ID] [PATH ...]  take the changes of a run back
       nono undo list                          show the runs that can be undone
       nono undo prune [--older 7d]            forget how to undo old runs

A run with --ephemeral leaves its changes apart from the originals; one with
--undo changes the originals and saves what they were. Without ID, the latest
run is meant; without PATH, all its changes. Flags may stand behind them; a PATH
that begins with '-' stands behind '--'.

`

// A command is one subcommand with its flags.
type command struct {
	flags []cli.Flag
	run   func(*session) error
}

var commands = map[string]command{
	"diff": {[]cli.Flag{
		{Name: "stat", Help: "only a line for each change", Group: "Flags"},
		{Name: "no-pager", Help: "print everything at once", Group: "Flags"},
	}, showChanges},
	"keep": {[]cli.Flag{
		{Name: "force", Help: "keep changes although somebody changed the originals meanwhile", Group: "Flags"},
		{Name: "commit", Arg: "MESSAGE", Help: "make one git commit of what was kept", Group: "Flags"},
		{Name: "resume", Help: "go on with a keep that was interrupted (any keep does)", Group: "Flags"},
	}, keep},
	"discard": {nil, discard},
	"undo": {[]cli.Flag{
		{Name: "force", Help: "undo although somebody changed the same files meanwhile", Group: "Flags"},
		{Name: "older", Arg: "AGE", Help: "how old a run must be for 'nono undo prune': 12h, 7d (the default), 4w", Group: "Flags"},
	}, takeBack},
	"list": {nil, list},
	"prune": {[]cli.Flag{
		{Name: "older", Arg: "AGE", Help: "how old a run must be: 12h, 7d (the default), 4w", Group: "Flags"},
	}, prune},
}

// A session is one call of the program.
type session struct {
	p     *cli.Printer
	out   *os.File
	store ephemeral.Store
	// inPlace has the runs that changed the originals.
	inPlace ephemeral.Store
	words   []string

	stat, noPager, force, resume bool
	commit, older                string
}

// run is the whole program; it returns the exit status.
func run(args []string, stdout, stderr *os.File) int {
	p := cli.NewPrinter(stdout, stderr)
	err := act(args, &session{p: p, out: stdout})
	var misuse *cli.UsageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		io.WriteString(stdout, usage)
		return 0
	}
	p.Error(err)
	if errors.As(err, &misuse) {
		return cli.Usage
	}
	return 1
}

func act(args []string, s *session) error {
	if len(args) == 0 {
		return cli.Misuse("go on", "no subcommand is given", "nono diff, nono keep, nono discard, nono undo, nono ephemeral list")
	}
	switch args[0] {
	case "-h", "--help", "-help", "help":
		return flag.ErrHelp
	case "--version", "-version":
		_, err := io.WriteString(s.out, "nono-ephemeral "+version.String()+"\n")
		return err
	}
	c, ok := commands[args[0]]
	if !ok {
		return cli.Misuse("do "+fault.Quote(args[0]), "there is no such subcommand", "nono diff, nono keep, nono discard, nono undo, nono ephemeral list")
	}
	set := cli.NewSet(append(c.flags[:len(c.flags):len(c.flags)], cli.Flag{Name: "help", Short: "h"})...)
	help := false
	set.BindBool("help", &help)
	for _, f := range c.flags {
		s.bind(set, f.Name)
	}
	words, err := set.ParseAnywhere(args[1:])
	if err != nil {
		return err
	}
	if help {
		return flag.ErrHelp
	}
	s.words = words
	if err := s.findStores(); err != nil {
		return err
	}
	return c.run(s)
}

func (s *session) bind(set *cli.Set, name string) {
	switch name {
	case "stat":
		set.BindBool(name, &s.stat)
	case "no-pager":
		set.BindBool(name, &s.noPager)
	case "force":
		set.BindBool(name, &s.force)
	case "resume":
		set.BindBool(name, &s.resume)
	case "commit":
		set.BindString(name, &s.commit)
	case "older":
		set.BindString(name, &s.older)
	}
}

// findStores finds where the runs are: in nono/ephemeral and nono/undo of
// $XDG_STATE_HOME.
func (s *session) findStores() error {
	state, home := os.Getenv("XDG_STATE_HOME"), os.Getenv("HOME")
	apart, err := ephemeral.DefaultDir(state, home)
	if err != nil {
		return &fault.Error{Do: "find the runs", Err: err}
	}
	inPlace, err := ephemeral.InPlaceDir(state, home)
	if err != nil {
		return &fault.Error{Do: "find the runs", Err: err}
	}
	s.store, s.inPlace = ephemeral.Store{Dir: apart}, ephemeral.Store{Dir: inPlace, InPlace: true}
	return nil
}

var looksLikeID = regexp.MustCompile(`^\d{8}-\d{6}-[0-9a-f]{6}$`)

// chosen returns the run of a store that the words name and the paths, absolute.
func (s *session) chosen(store ephemeral.Store) (*ephemeral.Run, []string, error) {
	id, words := s.id()
	r, err := store.Open(id)
	if err != nil {
		return nil, nil, err
	}
	paths, err := absolute(words)
	return r, paths, err
}

// id splits the words into the ID of a run, if one is given, and the paths.
func (s *session) id() (string, []string) {
	if len(s.words) > 0 && looksLikeID.MatchString(s.words[0]) {
		return s.words[0], s.words[1:]
	}
	return "", s.words
}

func absolute(words []string) ([]string, error) {
	var paths []string
	for _, w := range words {
		abs, err := filepath.Abs(w)
		if err != nil {
			return nil, &fault.Error{Do: "find", Path: w, Err: err}
		}
		// The directory may be reached through symlinks; the last part is the name
		// itself, which may be one.
		if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
			abs = filepath.Join(dir, filepath.Base(abs))
		}
		paths = append(paths, abs)
	}
	return paths, nil
}
