package ephemeral

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// file compares the copy of a file that is granted by itself with the original.
func (w *walker) file(t Tree) error {
	upper, err := openRoot(filepath.Dir(w.run.upper(w.tree)))
	if err != nil {
		return err
	}
	upper = upper.of(w.run)
	defer upper.close()
	lower, err := openOriginal(w.run, filepath.Dir(t.Path))
	if errors.Is(err, os.ErrNotExist) {
		lower, err = noDir, nil
	}
	if err != nil {
		return err
	}
	defer lower.close()
	up, err := upper.stat(copyName)
	if err != nil || up == nil {
		return err
	}
	low, err := lower.stat(filepath.Base(t.Path))
	if err != nil {
		return err
	}
	if low == nil {
		w.add(".", Added, nil, up, goneOutside)
		return nil
	}
	if isDir(low) {
		w.add(".", Changed, low, up, changedOutside)
		return nil
	}
	same, err := sameContent(upper, copyName, lower, filepath.Base(t.Path))
	if err == nil && (!same || metadataDiffers(up, low)) {
		w.add(".", Changed, low, up, w.since(low, changedOutside))
	}
	return err
}

// file puts the copy of a file that is granted by itself in place of the original.
func (k *keeper) file(i int) error {
	changes := walker{run: k.run, tree: i}
	if err := changes.tops(); err != nil {
		return err
	}
	if len(changes.found) == 0 {
		return nil
	}
	path := k.run.Trees[i].Path
	upper, err := openRoot(k.run.tree(i))
	if err != nil {
		return err
	}
	upper = upper.of(k.run)
	defer upper.close()
	lower, err := openOriginal(k.run, filepath.Dir(path))
	if err != nil {
		return err
	}
	defer lower.close()
	if err := unix.Syncfs(upper.fd); err != nil {
		return err
	}
	return k.place(".", upper, copyName, lower, filepath.Base(path))
}
