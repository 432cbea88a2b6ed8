package ephemeral

import (
	"os"
	"path/filepath"
	"time"
)

// Discard throws away changes: all of them and the entry of the store with them, or
// those at and beneath paths, where the original shows again. The run must be locked
// by the caller. The returned changes are those that were thrown away.
func (r *Run) Discard(paths []string) ([]Change, error) {
	if err := r.sweep(); err != nil { // of a keep that was killed
		return nil, err
	}
	changes, err := r.selected(paths)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return changes, r.Delete()
	}
	k := keeper{run: r, paths: paths}
	for i, t := range r.Trees {
		k.at = t.Path
		if err := k.discardTree(i); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// Delete removes the entry of the store, and lets go of the lock.
func (r *Run) Delete() error {
	// Without its record the entry is none any more, whatever happens next.
	if err := os.Remove(filepath.Join(r.Dir, runFile)); err != nil && !os.IsNotExist(err) {
		return err
	}
	// A file that is open keeps its directory in being on file systems such as NFS.
	r.Unlock()
	store, err := openRoot(filepath.Dir(r.Dir))
	if err != nil {
		return err
	}
	defer store.close()
	return removeAll(store, filepath.Base(r.Dir))
}

func (k *keeper) discardTree(i int) error {
	if k.extent(".") == none {
		return nil
	}
	t := k.run.Trees[i]
	if t.File {
		return copyAgain(t.Path, k.run.upper(i))
	}
	upper, err := openRoot(k.run.upper(i))
	if err != nil {
		return err
	}
	upper = upper.of(k.run)
	defer upper.close()
	lower, err := openOriginal(k.run, t.Path)
	if err != nil {
		return err
	}
	defer lower.close()
	back, err := k.run.widen(upper.fd, 0o700)
	defer back()
	if err != nil {
		return err
	}
	return k.discardEntries(".", upper, lower)
}

func copyAgain(from, to string) error {
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return err
	}
	return copyFile(from, to)
}

func (k *keeper) discardEntries(inner string, upper, lower dir) error {
	names, err := upper.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		path := join(inner, name)
		switch k.extent(path) {
		case whole:
			err = removeAll(upper, name)
		case part:
			err = k.discardPart(path, upper, name, lower)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// discardPart throws away something beneath a directory.
func (k *keeper) discardPart(path string, upper dir, name string, lower dir) error {
	up, err := upper.stat(name)
	if err != nil || up == nil || !isDir(up) {
		return err
	}
	upSub, err := upper.sub(name)
	if err != nil {
		return err
	}
	defer upSub.close()
	back, err := k.run.widen(upSub.fd, 0o700)
	defer back()
	if err != nil {
		return err
	}
	lowSub := noDir
	if low, err := lower.stat(name); err == nil && low != nil && isDir(low) {
		if lowSub, err = lower.sub(name); err != nil {
			return err
		}
		defer lowSub.close()
		if upper.isOpaque(name) {
			if err := reveal(upper, name, upSub, lowSub); err != nil {
				return err
			}
		}
	}
	return k.discardEntries(path, upSub, lowSub)
}

// Prune deletes the runs that ended and are older than age, and what a killed process
// left of entries. It returns the runs that are gone.
func (s Store) Prune(age time.Duration) ([]*Run, error) {
	all, err := s.List()
	if err != nil {
		return nil, err
	}
	var gone []*Run
	for _, r := range all {
		if time.Since(time.Unix(r.Start.Unix())) < age || r.Lock() != nil {
			continue
		}
		err := r.Delete()
		r.Unlock()
		if err != nil {
			return gone, err
		}
		gone = append(gone, r)
	}
	return gone, nil
}
