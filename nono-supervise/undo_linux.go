package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise"
	"github.com/nono-sandbox/nono/core/supervise/chains"
	"github.com/nono-sandbox/nono/core/supervise/saving"
	"github.com/nono-sandbox/nono/core/undo"
)

// undoEntry makes the entry of the store for a run with --undo, while this process may
// still, and returns what it needs beyond the sandbox: the entry, and reading what the
// command may only write, of which the originals are to be saved.
func (o *options) undoEntry(s *spec.Spec) (string, []spec.Path, error) {
	dir, err := ephemeral.InPlaceDir(os.Getenv("XDG_STATE_HOME"), os.Getenv("HOME"))
	if err != nil {
		return "", nil, &fault.Error{Do: "find the place for what is saved", Err: err}
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", nil, &fault.Error{Do: "find the working directory", Err: err}
	}
	sweep(dir)
	r, err := ephemeral.Store{Dir: dir, InPlace: true}.Create(o.argv, wd, ephemeral.TreesOf(s), ephemeral.DeniedBy(s))
	if err != nil {
		return "", nil, err
	}
	entry, err := filepath.EvalSymlinks(r.Dir)
	if err != nil {
		return "", nil, &fault.Error{Do: "find", Path: r.Dir, Err: err}
	}
	by := spec.Origin{Source: spec.System}
	paths := []spec.Path{{Kind: spec.Temp, Path: entry, By: by}}
	for _, p := range s.Paths {
		switch {
		case !p.Kept():
		case p.Kind == spec.Write:
			paths = append(paths, spec.Path{Kind: spec.Read, Path: p.Path, Optional: p.Optional, By: by})
		case p.Kind == spec.WriteFile:
			paths = append(paths, spec.Path{Kind: spec.ReadFile, Path: p.Path, Optional: p.Optional, By: by})
		}
	}
	return entry, paths, nil
}

// sweep removes what is left of runs that changed nothing. These cannot remove their own
// directory, which lies in one that is not theirs.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if st, err := e.Info(); err == nil && st.IsDir() && time.Since(st.ModTime()) > time.Minute {
			os.Remove(filepath.Join(dir, e.Name())) // which fails unless it is empty
		}
	}
}

// undoing is the journal of this run.
type undoing struct {
	run     *ephemeral.Run
	journal *undo.Journal
	feature supervise.Feature
	// stop ends the flushing, and stopped tells that it has ended.
	stop, stopped chan struct{}
}

// flushes is how often what is saved is brought to the disk.
const flushes = time.Second

// newUndo begins the journal. beside makes names beside what is denied, or is nil.
func (o *options) newUndo(s *spec.Spec, beside *chains.Keeper) (*undoing, error) {
	r, err := ephemeral.OpenDir(o.undoRun)
	if err != nil {
		return nil, err
	}
	if err := r.Lock(); err != nil {
		return nil, err
	}
	j, err := undo.New(r.Dir, o.undoLimit)
	if err != nil {
		return nil, &fault.Error{Do: "begin the journal in", Path: r.Dir, Err: err}
	}
	k := saving.New(s, j, r.Paths(), r.Dir, beside, func(text string) { notice(text) })
	u := &undoing{run: r, journal: j, feature: k.Feature(), stop: make(chan struct{}), stopped: make(chan struct{})}
	go func() {
		defer close(u.stopped)
		k.Flush(flushes, u.stop)
	}()
	return u, nil
}

// end tells how to take back what the command changed.
func (u *undoing) end(o *options, started bool) {
	close(u.stop)
	<-u.stopped
	if err := u.journal.End(); err != nil {
		os.Stderr.WriteString(fault.Lines(&fault.Error{Do: "end the journal in", Path: u.run.Dir, Err: err}))
		return
	}
	h, err := undo.Read(u.run.Dir, u.run.Paths())
	var changes []undo.Change
	if err == nil {
		changes, err = h.Changes(nil)
	}
	switch {
	case err != nil:
		os.Stderr.WriteString(fault.Lines(err))
	case !started || len(changes) == 0:
		u.journal.Close()
		u.run.Delete() // its directory stays, empty: see sweep
	case !o.silent:
		notice("the changes are made, the originals are saved; this run: " + undo.Count(changes))
		notice("nono diff " + u.run.ID + " shows the changes; nono undo " + u.run.ID + " takes them back")
	}
}

func notice(text string) { os.Stderr.WriteString("nono: notice: " + text + "\n") }
