package ephemeral

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
)

// DefaultDir is where a user's runs are: nono/ephemeral in the state directory (XDG
// Base Directory Specification). stateHome may be empty.
func DefaultDir(stateHome, home string) (string, error) {
	return stateDir("ephemeral", stateHome, home)
}

// InPlaceDir is where the runs are that changed the originals and can be undone.
func InPlaceDir(stateHome, home string) (string, error) { return stateDir("undo", stateHome, home) }

func stateDir(name, stateHome, home string) (string, error) {
	switch {
	case filepath.IsAbs(stateHome):
		if work, err := os.Getwd(); err == nil && paths.InProject(stateHome, work, home) {
			return "", fault.Text("XDG_STATE_HOME leads into the project that you are in, where a command in a sandbox may have made it")
		}
		return filepath.Join(stateHome, "nono", name), nil
	case filepath.IsAbs(home):
		return filepath.Join(home, ".local", "state", "nono", name), nil
	}
	return "", fault.Text("neither XDG_STATE_HOME nor HOME is an absolute path")
}

// At returns the changes at and beneath paths, or all.
func (r *Run) At(paths []string) ([]Change, error) { return r.selected(paths) }

// Original returns what the original of a changed file holds now.
func (r *Run) Original(c Change) ([]byte, error) {
	t := r.Trees[c.tree]
	open := func(path string) (dir, error) { return openOriginal(r, path) }
	if t.File {
		return readBeneath(open, filepath.Dir(t.Path), filepath.Base(t.Path))
	}
	return readBeneath(open, t.Path, c.inner)
}

// Changed returns what the run left in a file.
func (r *Run) Changed(c Change) ([]byte, error) {
	open := func(path string) (dir, error) {
		d, err := openRoot(path)
		return d.of(r), err
	}
	if r.Trees[c.tree].File {
		return readBeneath(open, r.tree(c.tree), copyName)
	}
	return readBeneath(open, r.upper(c.tree), c.inner)
}

// readBeneath reads a regular file without following any symlink beneath root.
func readBeneath(open func(string) (dir, error), root, inner string) ([]byte, error) {
	d, err := open(root)
	if err != nil {
		return nil, err
	}
	defer d.close()
	f, err := d.open(inner)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, unix.EINVAL
	}
	return io.ReadAll(f)
}

// Size is how many bytes the run takes on the disk.
func (r *Run) Size() (int64, error) {
	d, err := openRoot(r.Dir)
	if err != nil {
		return 0, err
	}
	defer d.close()
	return d.size()
}

func (d dir) size() (int64, error) {
	names, err := d.names()
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, n := range names {
		st, err := d.stat(n)
		if err != nil || st == nil {
			continue
		}
		sum += st.Blocks * 512
		if !isDir(st) {
			continue
		}
		sub, err := d.sub(n)
		if err != nil {
			continue // The kernel's work directory lets nobody in.
		}
		more, _ := sub.size()
		sub.close()
		sum += more
	}
	return sum, nil
}

// Count words how many names were added, changed and removed.
func Count(changes []Change) string {
	var n [Removed + 1]int
	var bytes int64
	for _, c := range changes {
		n[c.Kind]++
		if c.New != nil && c.New.Mode&unix.S_IFMT == unix.S_IFREG {
			bytes += c.New.Size
		}
	}
	var parts []string
	for k := Added; k <= Removed; k++ {
		if n[k] > 0 {
			parts = append(parts, strconv.Itoa(n[k])+" "+k.String())
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ") + "; " + Bytes(bytes)
}

// Bytes words a size.
func Bytes(n int64) string {
	f, units := float64(n), []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; f >= 1024 && i < len(units)-1; i++ {
		f /= 1024
	}
	if i == 0 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// TypeName is what kind of thing an entry is.
func TypeName(st *unix.Stat_t) string {
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "file"
	case unix.S_IFDIR:
		return "directory"
	case unix.S_IFLNK:
		return "symlink"
	case unix.S_IFIFO:
		return "fifo"
	case unix.S_IFSOCK:
		return "socket"
	}
	return "device"
}
