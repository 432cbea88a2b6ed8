package ephemeral

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// place moves one entry that is no directory to the original's name. A file replaces
// a file in one step. inner is the path of the original in the tree.
func (k *keeper) place(inner string, upper dir, name string, lower dir, to string) error {
	if err := upper.unmark(name); err != nil {
		return err
	}
	low, err := lower.stat(to)
	if err != nil {
		return err
	}
	copied := differentFS(upper, lower)
	from, fromName := upper, name
	if copied {
		if fromName, err = k.copyBeside(inner, upper, name, lower); err != nil {
			return err
		}
		from = lower
	}
	if low != nil && isDir(low) {
		// No call puts a file in the place of a directory. After a kill between the two
		// steps the name is missing, and the next Keep sets the run's file there.
		if err := k.remove(lower, to, low); err != nil {
			return err
		}
	}
	if err := unix.Renameat(from.fd, fromName, lower.fd, to); err != nil {
		return err
	}
	// Renaming one of two names of the same file onto the other does nothing (rename(2)).
	if err := unlinkIfThere(from, fromName); err != nil || !copied {
		return err
	}
	return unlinkIfThere(upper, name)
}

// placeDir moves a directory to a name where the original has none, or a thing that is
// no directory (low). On one file system the whole directory moves in one step.
func (k *keeper) placeDir(inner string, upper dir, name string, lower dir, up, low *unix.Stat_t) error {
	copied := differentFS(upper, lower)
	if !copied {
		if err := clean(upper, name); err != nil {
			return err
		}
	}
	if low != nil {
		if err := unix.Unlinkat(lower.fd, name, 0); err != nil {
			return err
		}
	}
	if !copied {
		return moveDir(upper, name, lower)
	}
	if err := unix.Mkdirat(lower.fd, name, up.Mode&0o7777|0o700); err != nil {
		return err
	}
	return k.merge(inner, upper, name, lower, up, whole)
}

// moveDir moves the directory name of the upper layer to where the original has none.
// Only who may write into a directory may move it elsewhere (rename(2)).
func moveDir(upper dir, name string, lower dir) error {
	sub, err := upper.sub(name)
	if err != nil {
		return err
	}
	defer sub.close()
	st, err := sub.stat(".")
	if err != nil {
		return err
	}
	if st.Mode&0o200 == 0 && os.Geteuid() != 0 { // a kill may come when it is there already
		in, err := os.Readlink(procFD(lower.fd))
		if err == nil {
			err = upper.run.noteMode(filepath.Join(in, name), st, 0o200)
		}
		if err != nil {
			return err
		}
	}
	back, err := sub.run.widen(sub.fd, 0o200)
	defer back()
	if err != nil {
		return err
	}
	return unix.Renameat2(upper.fd, name, lower.fd, name, unix.RENAME_NOREPLACE)
}

// clean takes the marks and whiteouts from the directory name and all beneath it,
// which then can stand alone.
func clean(upper dir, name string) error {
	if err := upper.unmark(name); err != nil {
		return err
	}
	sub, err := upper.sub(name)
	if err != nil {
		return err
	}
	defer sub.close()
	back, err := sub.run.widen(sub.fd, 0o700)
	defer back()
	if err != nil {
		return err
	}
	before, err := sub.stat(".")
	if err != nil {
		return err
	}
	names, err := sub.names()
	if err != nil {
		return err
	}
	gone := false
	for _, n := range names {
		st, err := sub.stat(n)
		if err != nil {
			return err
		}
		switch {
		case st == nil:
		case sub.isWhiteout(n, st):
			err, gone = unix.Unlinkat(sub.fd, n, 0), true
		case isDir(st):
			err = clean(sub, n)
		case st.Mode&unix.S_IFMT == unix.S_IFREG:
			err = sub.unmark(n)
		}
		if err != nil {
			return err
		}
	}
	if gone {
		return unix.UtimesNanoAt(upper.fd, name, []unix.Timespec{before.Atim, before.Mtim}, unix.AT_SYMLINK_NOFOLLOW)
	}
	return nil
}
