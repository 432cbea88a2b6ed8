package ephemeral

import (
	"errors"
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

func unlinkIfThere(d dir, name string) error {
	if err := unix.Unlinkat(d.fd, name, 0); err != nil && err != unix.ENOENT {
		return err
	}
	return nil
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
		return unix.Renameat2(upper.fd, name, lower.fd, name, unix.RENAME_NOREPLACE)
	}
	if err := unix.Mkdirat(lower.fd, name, up.Mode&0o7777|0o700); err != nil {
		return err
	}
	return k.merge(inner, upper, name, lower, up, whole)
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

// remove takes an entry of the original away. A directory goes in one step too: it
// gets a name of a half-made thing first.
func (k *keeper) remove(lower dir, name string, low *unix.Stat_t) error {
	if !isDir(low) {
		return unix.Unlinkat(lower.fd, name, 0)
	}
	temp, err := k.temp(lower)
	if err != nil {
		return err
	}
	if err := unix.Renameat2(lower.fd, name, lower.fd, temp, unix.RENAME_NOREPLACE); err != nil {
		return err
	}
	return removeAll(lower, temp)
}

// removeAll removes an entry with all beneath it. It follows no symlink and crosses no
// mount.
func removeAll(d dir, name string) error {
	err := unix.Unlinkat(d.fd, name, 0)
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	if !errors.Is(err, unix.EISDIR) && !errors.Is(err, unix.EPERM) {
		return err
	}
	if err := unix.Unlinkat(d.fd, name, unix.AT_REMOVEDIR); err == nil {
		return nil
	}
	// Its owner may have taken the right to write from the directory.
	if st, err := d.stat(name); err == nil && st != nil && isDir(st) && st.Mode&0o700 != 0o700 {
		d.chmod(name, st.Mode|0o700)
	}
	sub, err := d.sub(name)
	if err != nil {
		return err
	}
	defer sub.close()
	names, err := sub.names()
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := removeAll(sub, n); err != nil {
			return err
		}
	}
	return unix.Unlinkat(d.fd, name, unix.AT_REMOVEDIR)
}

// copyBeside copies an entry of a store on another file system to a name beside the
// original, and returns the name.
func (k *keeper) copyBeside(inner string, upper dir, name string, lower dir) (string, error) {
	temp, err := k.temp(lower)
	if err != nil {
		return "", err
	}
	up, err := upper.stat(name)
	if err != nil {
		return "", err
	}
	if err := removeAll(lower, temp); err != nil {
		return "", err
	}
	// The names that were kept before are no links of the inode any more. After a kill
	// the next Keep does not know them, and the names become files of their own.
	if first, ok := k.links[up.Ino]; ok {
		if ok, err := first.link(lower, temp); ok || err != nil {
			return temp, err
		}
	}
	if err := makeCopy(upper, name, lower, temp, up); err != nil || up.Nlink == 1 {
		return temp, err
	}
	made, err := lower.stat(temp)
	if err == nil && made != nil {
		k.links[up.Ino] = placed{filepath.Join(k.at, inner), made.Dev, made.Ino}
	}
	return temp, err
}

// makeCopy copies an entry that is no directory to the name temp.
func makeCopy(upper dir, name string, lower dir, temp string, up *unix.Stat_t) error {
	switch up.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return copyInto(upper, name, lower, temp, up)
	case unix.S_IFLNK:
		to, err := upper.link(name)
		if err != nil {
			return err
		}
		if err := unix.Symlinkat(to, lower.fd, temp); err != nil {
			return err
		}
	default: // A fifo or a socket: no other kind can be made inside.
		if err := unix.Mknodat(lower.fd, temp, up.Mode, 0); err != nil {
			return err
		}
		if err := lower.chmod(temp, up.Mode); err != nil {
			return err
		}
	}
	return unix.UtimesNanoAt(lower.fd, temp, []unix.Timespec{up.Atim, up.Mtim}, unix.AT_SYMLINK_NOFOLLOW)
}

func copyInto(upper dir, name string, lower dir, temp string, up *unix.Stat_t) error {
	f, err := upper.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	fd, err := unix.Openat(lower.fd, temp, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	g := os.NewFile(uintptr(fd), temp)
	if err := fillFile(f, g, up); err != nil {
		g.Close()
		return err
	}
	if err := g.Sync(); err != nil {
		g.Close()
		return err
	}
	return g.Close()
}

func differentFS(a, b dir) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a.fd, &x) != nil || unix.Fstat(b.fd, &y) != nil || x.Dev != y.Dev
}
