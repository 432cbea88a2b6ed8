package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nono-sandbox/nono/core/cli"
	"github.com/nono-sandbox/nono/core/ephemeral"
	"github.com/nono-sandbox/nono/core/fault"
)

func keep(s *session) error {
	r, paths, err := s.chosen(s.store)
	if err != nil {
		return err
	}
	if err := r.Lock(); err != nil {
		return err
	}
	defer r.Unlock()
	var repo *repository
	if s.commit != "" {
		if repo, err = repositoryOf(r); err != nil {
			return err
		}
	}
	kept, err := r.Keep(paths, s.force)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "kept: %s\n", ephemeral.Count(kept))
	if left, err := r.Changes(); err == nil && len(left) == 0 {
		if err := r.Delete(); err != nil {
			return &fault.Error{Do: "remove", Path: r.Dir, Err: err}
		}
	} else if err == nil {
		fmt.Fprintf(s.out, "left: %s (nono diff %s)\n", ephemeral.Count(left), r.ID)
	}
	if repo == nil || len(kept) == 0 {
		return nil
	}
	return repo.commit(s.commit, kept)
}

func discard(s *session) error {
	r, paths, err := s.chosen(s.store)
	if err != nil {
		return err
	}
	if err := r.Lock(); err != nil {
		return err
	}
	defer r.Unlock()
	gone, err := r.Discard(paths)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "thrown away: %s\n", ephemeral.Count(gone))
	return nil
}

func list(s *session) error { return s.listRuns(s.store, "no ephemeral runs") }

// listRuns shows the runs of a store.
func (s *session) listRuns(store ephemeral.Store, none string) error {
	if len(s.words) > 0 {
		return cli.Misuse("list "+fault.Quote(s.words[0]), "list takes no words", "nono diff shows the changes of one run")
	}
	all, err := store.List()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(s.out, none)
	}
	for _, r := range all {
		size, err := r.Size()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s  %8s  %s  %s\n", r.ID, ephemeral.Bytes(size), fault.Quote(filepath.Clean(r.Workdir)), shown(strings.Join(r.Command, " ")))
	}
	return nil
}

func prune(s *session) error { return s.pruneRuns(s.store, "thrown away") }

// pruneRuns removes the old runs of a store.
func (s *session) pruneRuns(store ephemeral.Store, word string) error {
	if len(s.words) > 0 {
		return cli.Misuse("prune "+fault.Quote(s.words[0]), "prune takes no words", "nono discard ID throws one run of --ephemeral away; --older 7d names an age")
	}
	age := 7 * 24 * time.Hour
	if s.older != "" {
		var err error
		if age, err = parseAge(s.older); err != nil {
			return cli.Misuse("use the age "+fault.Quote(s.older), err.Error(), "--older 7d")
		}
	}
	gone, err := store.Prune(age)
	for _, r := range gone {
		fmt.Fprintf(s.out, "%s: %s\n", word, r.ID)
	}
	return err
}

// parseAge reads a number with a unit: s, m, h, d or w.
func parseAge(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(text) < 2 {
		return 0, fault.Text("it must be a number and a unit")
	}
	unit, ok := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
	if !ok || err != nil {
		return 0, fault.Text("it must be a number up to 65535 and a unit (s, m, h, d, w)")
	}
	return time.Duration(n) * unit, nil
}
