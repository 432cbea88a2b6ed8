package main

import (
	"fmt"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/undo"
)

// takeBack is nono undo: it takes the changes of a run back, or does what its first word
// says with all such runs.
func takeBack(s *session) error {
	if len(s.words) > 0 {
		switch first := s.words[0]; {
		case (first == "list" || first == "prune") && s.force:
			return cli.Misuse("use the flag '--force'", "it does not go with "+first, "nono undo "+first)
		case first == "list" && s.older == "":
			s.words = s.words[1:]
			return s.listRuns(s.inPlace, "no runs that can be undone")
		case first == "prune":
			s.words = s.words[1:]
			return s.pruneRuns(s.inPlace, "forgotten")
		}
	}
	if s.older != "" {
		return cli.Misuse("use the flag '--older'", "it goes with prune alone", "nono undo prune --older 7d")
	}
	r, paths, err := s.chosen(s.inPlace)
	if err != nil {
		return err
	}
	if err := r.Lock(); err != nil {
		return err
	}
	defer r.Unlock()
	h, err := undo.Read(r.Dir, r.Paths())
	if err != nil {
		return err
	}
	if h.Begun() {
		s.p.Notice("continuing an interrupted undo")
	}
	out, err := h.Undo(paths, s.force)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "taken back: %s\n", undo.Count(out.Changes))
	for _, path := range out.Left {
		s.p.Notice("the directory " + fault.Quote(path) + " stays: it contains files that the run did not make")
	}
	for _, path := range out.Lost {
		s.p.Notice("not brought back: " + fault.Quote(path) + ", which was removed or was not saved completely")
	}
	for _, c := range out.Stay {
		s.p.Notice("not brought back: " + fault.Quote(c.Path) + ": " + c.Why + "; what is saved of it stays, for a later nono undo " + r.ID)
	}
	if !out.All {
		left, err := h.Changes(nil)
		if err != nil {
			return err
		}
		if len(left) > 0 || len(out.Stay) > 0 {
			fmt.Fprintf(s.out, "left: %s (nono diff %s)\n", undo.Count(left), r.ID)
			return nil
		}
	}
	if err := r.Delete(); err != nil {
		return &fault.Error{Do: "remove", Path: r.Dir, Err: err}
	}
	return nil
}
