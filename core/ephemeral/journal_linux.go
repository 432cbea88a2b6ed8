package ephemeral

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
)

// The journal of a Keep names the directories of the originals in which the Keep makes
// names that are half made. A later Keep removes what a killed one left there.

func (r *Run) journal() string { return filepath.Join(r.Dir, "journal") }

// tempPrefix begins every name that is half made.
func (r *Run) tempPrefix() string { return ".nono-keep-" + r.ID + "-" }

// note writes the directory into the journal before the first half-made name in it.
func (r *Run) note(dir string) error {
	known, err := r.noted()
	if err != nil {
		return err
	}
	for _, k := range known {
		if k == dir {
			return nil
		}
	}
	return appendLine(r.journal(), strconv.Quote(dir), true)
}

// appendLine writes one line into a file, safe against a power cut where it waits for the
// disk.
func appendLine(path, line string, wait bool) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	// The line before may be cut, if the disk was full.
	_, err = f.WriteString("\n" + line + "\n")
	if err == nil && wait {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// noted returns the directories that the journal names.
func (r *Run) noted() ([]string, error) {
	f, err := os.Open(r.journal())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 64<<10)
	for s.Scan() {
		// The last line of a killed process may be cut; nothing was made for it then.
		if d, err := strconv.Unquote(s.Text()); err == nil {
			all = append(all, d)
		}
	}
	return all, s.Err()
}

// sweep removes what a Keep that was killed left half made, and puts back the modes that
// it widened.
func (r *Run) sweep() error {
	if err := r.sweepModes(); err != nil {
		return err
	}
	dirs, err := r.noted()
	if err != nil {
		return err
	}
	for _, path := range dirs {
		d, err := openOriginal(r, path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		err = r.sweepDir(d)
		d.close()
		if err != nil {
			return &fault.Error{Do: "remove what is half made in", Path: path, Err: err}
		}
	}
	return nil
}

func (r *Run) sweepDir(d dir) error {
	names, err := d.names()
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, r.tempPrefix()) })
	if len(names) == 0 {
		return nil
	}
	back, err := r.widen(d.fd, 0o700)
	defer back()
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := removeAll(d, n); err != nil {
			return err
		}
	}
	return nil
}
