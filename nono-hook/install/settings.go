package install

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/whole"
	"golang.org/x/sys/unix"
)

const maxSettings = 16 << 20

// errSymlink says that the settings are a symlink, into a person's dotfiles most
// often.
const errSymlink = fault.Text("it is a symlink, which replacing the file would cut")

// settings is a settings file of a program, to be changed and put back whole.
type settings struct {
	path string
	text string
	stat unix.Stat_t
	new  bool // there was none
}

// openSettings reads the file at path. A file that replacing would damage, or
// that is not simply the user's own, is refused. What is checked is what is read:
// the file is opened once, and no symlink is followed.
func openSettings(path string) (*settings, error) {
	s := &settings{path: path}
	// Without blocking, since a pipe may lie there.
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	switch err {
	case nil:
	case unix.ENOENT, unix.ENOTDIR:
		s.new = true
		return s, nil
	case unix.ELOOP:
		return s, errSymlink
	default:
		return nil, s.refuse(err, "")
	}
	f := os.NewFile(uintptr(fd), path)
	defer f.Close()
	if err := unix.Fstat(fd, &s.stat); err != nil {
		return nil, s.refuse(err, "")
	}
	switch {
	case s.stat.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, s.refuse(fault.Text("it is not a regular file"), "")
	case s.stat.Nlink > 1:
		return nil, s.refuse(fault.Text("it has a second name (a hard link), which replacing the file would cut"), "")
	case int(s.stat.Uid) != os.Geteuid():
		return nil, s.refuse(fault.Text("it belongs to another user"), "")
	case s.stat.Mode&0o200 == 0:
		return nil, s.refuse(fault.Text("it is read-only"), "chmod u+w "+fault.Quote(path))
	case s.stat.Size > maxSettings:
		return nil, s.refuse(fault.Text("it is larger than 16 MiB"), "")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSettings))
	if err != nil {
		return nil, s.refuse(err, "")
	}
	s.text = string(text)
	return s, nil
}

func (s *settings) refuse(err error, hint string) error {
	return &fault.Error{Do: "change", Path: s.path, Err: err, Hint: hint}
}

// remove takes away a file that nono made.
func (s *settings) remove() error {
	err := s.unchanged()
	if err == nil {
		err = os.Remove(s.path)
	}
	if err != nil {
		return s.refuse(err, "")
	}
	return nil
}

// write puts text in place of the file: a reader sees the old one or the new
// one, whole, also if the machine stops in between.
func (s *settings) write(text string) error {
	dir := filepath.Dir(s.path)
	if s.new {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return s.refuse(err, "")
		}
	}
	at, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return s.refuse(err, "")
	}
	defer unix.Close(at)
	mode := uint32(0o600)
	if !s.new {
		mode = uint32(s.stat.Mode) & 0o777
	}
	if err := whole.Write(at, filepath.Base(s.path), text, mode, s.unchanged); err != nil {
		return s.refuse(err, "")
	}
	return nil
}

// unchanged fails if somebody else has changed the file since it was read.
func (s *settings) unchanged() error {
	var now unix.Stat_t
	err := unix.Lstat(s.path, &now)
	switch {
	case s.new && errors.Is(err, unix.ENOENT):
		return nil
	case err != nil:
		return err
	case s.new || now.Ino != s.stat.Ino || now.Size != s.stat.Size || now.Mtim != s.stat.Mtim:
		return fault.Text("another program has just changed it; try again")
	}
	return nil
}
