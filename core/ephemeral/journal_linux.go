package ephemeral

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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
	f, err := os.OpenFile(r.journal(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(strconv.Quote(dir) + "\n"); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

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

// sweep removes what a Keep that was killed left half made.
func (r *Run) sweep() error {
	dirs, err := r.noted()
	if err != nil {
		return err
	}
	for _, path := range dirs {
		d, err := openOriginal(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		names, err := d.names()
		for _, n := range names {
			if err == nil && strings.HasPrefix(n, r.tempPrefix()) {
				err = removeAll(d, n)
			}
		}
		d.close()
		if err != nil {
			return err
		}
	}
	return nil
}
