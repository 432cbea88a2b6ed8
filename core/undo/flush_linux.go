package undo

import (
	"os"

	"golang.org/x/sys/unix"
)

// Flush returns what brings all that is saved up to now to the disk, or nil where that is
// there already. Flush must not be called beside the journal's other methods; what it
// returns may run while the journal goes on.
//
// The contents go first, so that a line of the journal is on the disk only after what it
// speaks of; and where the disk has a line whose content it lacks, because both were
// written meanwhile, the sum of the content tells.
func (j *Journal) Flush() func() error {
	if j.size == j.flushed {
		return nil
	}
	first := j.flushed == 0
	copies := j.copies
	j.flushed, j.copies = j.size, nil
	return func() error {
		for _, n := range copies {
			if err := flushFile(j.store.file(n)); err != nil {
				return err
			}
		}
		if err := unix.Fdatasync(int(j.small.Fd())); err != nil {
			return err
		}
		// The names of what was copied or linked.
		if err := flushFile(j.store.saved()); err != nil {
			return err
		}
		if first {
			if err := flushFile(j.store.dir); err != nil {
				return err
			}
		}
		return unix.Fdatasync(int(j.file.Fd()))
	}
}

func flushFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if os.IsNotExist(err) {
		return nil // it could not be copied whole, and nothing speaks of it
	}
	if err != nil {
		return err
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
