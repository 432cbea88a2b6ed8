// Package project reads the profile that a directory has of its own, and remembers
// which of them the user trusts. Whoever can write to the directory can write that
// file, a command in a sandbox above all: it is a proposal until the user has seen it.
//
// What is trusted is a text for a directory, and a copy of the text is what is
// remembered: one byte more or less is another text. The copies lie in the user's
// state directory, which no grant of a directory above it opens, beneath the name of
// the directory that each is for. Two texts are compared as they were read, once, and
// the text that was compared is the one that is used.
package project

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// Name is the name of the file.
const Name = ".nono.profile"

// maxFile is the largest file that is read, in bytes: a person is to look at it.
const maxFile = 64 << 10

// Standing says what the user has said of a directory's file.
type Standing uint8

// The standings.
const (
	None    Standing = iota // there is no file, and none is remembered
	New                     // nothing has been said of this directory's file
	Trusted                 // the user trusts this text
	Changed                 // the user trusts another text
	Gone                    // the user trusts a text, and there is no file any more
)

// A Project is what a directory has.
type Project struct {
	Standing Standing
	File     string // its absolute name, no symlink on the way to its directory
	Text     string // what it says; empty where there is none
	Was      string // the text that the user trusts, if any
}

// Look reads the file of the directory dir, and what is remembered of it. A file that
// is none to use, such as a symlink, is an error, and Standing says New or Changed then.
func Look(dir string, s Store) (Project, error) {
	p := Project{}
	text, err := read(filepath.Join(dir, Name), unix.O_NOFOLLOW)
	absent := errors.Is(err, os.ErrNotExist)
	if absent && !s.any() {
		return p, nil
	}
	real, e := filepath.EvalSymlinks(dir)
	if e != nil {
		return p, &fault.Error{Do: "look for a profile in", Path: dir, Err: e}
	}
	p.File, p.Text = filepath.Join(real, Name), text
	was, known, e := s.text(p.File)
	if e != nil && absent {
		if near, _ := s.near(p.File); near {
			return Project{}, nil // as in a home, which has the store in it
		}
	}
	if e != nil {
		return p, e
	}
	p.Was = was
	switch {
	case absent && known:
		p.Standing = Gone
	case absent:
		return Project{}, nil
	case !known:
		p.Standing = New
	case err == nil && text == was:
		p.Standing = Trusted
	default:
		p.Standing = Changed
	}
	if err != nil && !absent {
		return p, &fault.Error{Do: "read the project's profile", Path: p.File, Err: err}
	}
	return p, nil
}

// read reads a regular file, opened with the flags too.
func read(path string, flags int) (string, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC|flags, 0)
	if err == unix.ELOOP {
		err = fault.Text("it is a symlink")
	}
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return "", err
	}
	if uint32(st.Mode)&unix.S_IFMT != unix.S_IFREG {
		return "", fault.Text("it is not a regular file")
	}
	text, err := fdio.ReadAll(fd, maxFile+1)
	if err == nil && len(text) > maxFile {
		err = fault.Text("it is larger than 64 KiB")
	}
	if err != nil {
		return "", err
	}
	return string(text), nil
}
