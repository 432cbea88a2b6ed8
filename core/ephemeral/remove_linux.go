package ephemeral

import (
	"errors"

	"golang.org/x/sys/unix"
)

func unlinkIfThere(d dir, name string) error {
	if err := unix.Unlinkat(d.fd, name, 0); err != nil && err != unix.ENOENT {
		return err
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
