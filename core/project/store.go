package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/whole"
	"golang.org/x/sys/unix"
)

// A Store is where the copies are that a user trusts.
type Store struct {
	dir  string
	uid  int
	home string // where the environment has moved the store, or ""
}

// Trust returns the user's store: nono/trusted in the state directory (XDG Base
// Directory Specification), by the environment of getenv. There need not be one yet.
// Without a home there is none, and nothing is trusted.
func Trust(getenv func(string) string, uid int) Store {
	state, home := getenv("XDG_STATE_HOME"), getenv("HOME")
	switch {
	case filepath.IsAbs(state):
		return Store{filepath.Join(state, "nono", "trusted"), uid, home}
	case filepath.IsAbs(home):
		return Store{filepath.Join(home, ".local", "state", "nono", "trusted"), uid, ""}
	}
	return Store{"", uid, ""}
}

// any reports whether something may be in the store.
func (s Store) any() bool {
	var st unix.Stat_t
	return s.dir != "" && (unix.Lstat(s.dir, &st) == nil || paths.Shut(s.dir, s.uid) != "")
}

// text returns the text that is trusted for the file of that name, and whether there
// is one.
func (s Store) text(file string) (string, bool, error) {
	if !s.any() {
		return "", false, nil
	}
	if err := s.usable(file); err != nil {
		return "", false, err
	}
	text, err := read(s.dir+file, unix.O_NOFOLLOW)
	switch {
	case errors.Is(err, os.ErrNotExist), err == unix.ENOTDIR, err == unix.ENAMETOOLONG, err == unix.EACCES && paths.Shut(s.dir+file, s.uid) == "":
		// A sandbox keeps the store shut: nothing is trusted there. Modes that do are a
		// mistake, or what an earlier run has done to lose a deny.
		return "", false, nil
	case err != nil:
		return "", false, s.shut(s.dir+file, err)
	}
	return text, true, nil
}

// Above returns the trusted file of the nearest directory above dir, which has none itself,
// or "".
func (s Store) Above(dir string) string {
	if !s.any() {
		return ""
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return ""
	}
	for real != "/" {
		real = filepath.Dir(real)
		file := filepath.Join(real, Name)
		if _, known, err := s.text(file); known && err == nil {
			return file
		}
	}
	return ""
}

// usable says why the store is none for that file: others could have written what is in
// it, or commands that were granted the file's directory.
func (s Store) usable(file string) error {
	var st unix.Stat_t
	if err := unix.Stat(s.dir, &st); err != nil {
		return s.shut(s.dir, err)
	}
	if int(st.Uid) != s.uid || st.Mode&0o077 != 0 {
		return s.fault(fault.Text("it must be your own directory, and nobody else's to use"))
	}
	near, err := s.near(file)
	if err != nil {
		return s.fault(err)
	}
	if near {
		return s.fault(fault.Text("it is in the directory or project of " + fault.Quote(file) + ", where a command in a sandbox may have made it"))
	}
	return nil
}

// near reports whether the store is where commands that were granted the file's directory
// could have made it. No text is trusted for such a file.
func (s Store) near(file string) (bool, error) {
	real, err := filepath.EvalSymlinks(s.dir)
	if err != nil {
		return false, err
	}
	dir := filepath.Dir(file)
	return spec.Within(real, dir) || s.home != "" && paths.InProject(real, dir, s.home), nil
}

// shut is the error for a path in the store that could not be opened.
func (s Store) shut(path string, err error) error {
	at := paths.Shut(path, s.uid)
	if at == "" {
		return s.fault(err)
	}
	mode := "u+rwx "
	if filepath.Base(at) == Name {
		mode = "u+r "
	}
	return &fault.Error{Do: "use what is remembered of trusted profiles in", Path: s.dir, Err: fault.Text("the modes of " + fault.Quote(at) + " keep you out of it"),
		Hint: "chmod " + mode + fault.Quote(at)}
}

func (s Store) fault(err error) error {
	return &fault.Error{Do: "use what is remembered of trusted profiles in", Path: s.dir, Err: err,
		Hint: "chmod -R go= " + fault.Quote(s.dir) + ", or take XDG_STATE_HOME to a place of your own; --no-project looks for no profile of a project"}
}

// Add has this text be the one that is trusted for the project's file.
func (s Store) Add(p Project) error {
	fail := func(err error) error {
		return &fault.Error{Do: "remember that you trust", Path: p.File, Err: err}
	}
	if s.dir == "" {
		return fail(fault.Text("neither XDG_STATE_HOME nor HOME is an absolute path"))
	}
	copied := s.dir + p.File
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fail(err)
	}
	if err := s.usable(p.File); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(copied), 0o700); err != nil {
		return fail(err)
	}
	dir, err := unix.Open(filepath.Dir(copied), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fail(err)
	}
	defer unix.Close(dir)
	if err := whole.Write(dir, filepath.Base(copied), p.Text, 0o600, nil); err != nil {
		return fail(err)
	}
	return nil
}

// Remove forgets what is trusted for the file, and reports whether anything was.
func (s Store) Remove(file string) (bool, error) {
	if s.dir == "" {
		return false, nil
	}
	err := os.Remove(s.dir + file)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return false, nil
	}
	if err != nil {
		return false, &fault.Error{Do: "forget that you trust", Path: file, Err: err}
	}
	for dir := filepath.Dir(file); dir != "/" && os.Remove(s.dir+dir) == nil; {
		dir = filepath.Dir(dir)
	}
	return true, nil
}

// List returns the files of which a text is trusted, sorted.
func (s Store) List() ([]string, error) {
	var files []string
	if !s.any() {
		return nil, nil
	}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == Name && d.Type().IsRegular() {
			files = append(files, strings.TrimPrefix(path, s.dir))
		}
		return err
	})
	if err != nil {
		return nil, s.fault(err)
	}
	return files, nil
}
