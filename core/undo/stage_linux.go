package undo

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fault"
	"golang.org/x/sys/unix"
)

// top is the directory of a path's tree in which the stage is made.
func (p *plan) top(path string) string {
	best := ""
	for _, t := range p.h.trees {
		if within(path, t) && len(t) > len(best) {
			best = t
		}
	}
	if best == "" || best == path {
		best, _ = cut(path)
	}
	return best
}

func (p *plan) stageName() string { return ".nono-undo-" + filepath.Base(p.h.dir) }

// stage opens the directory for what is on its way, beside where it is to go; it makes
// it at the first need.
func (p *plan) stage(path string) (int, error) {
	at := p.top(path)
	dir, err := OpenDir(at)
	if err != nil {
		return -1, err
	}
	defer unix.Close(dir)
	if _, ok := p.tops[at]; !ok {
		m, err := metaAt(dir, "")
		if err != nil {
			return -1, err
		}
		t := top{at, m.Atim.Nano(), m.Mtim.Nano()}
		if err := p.h.tell("top", strconv.Quote(at), strconv.FormatInt(t.atime, 10), strconv.FormatInt(t.mtime, 10)); err != nil {
			return -1, err
		}
		p.tops[at] = t
	}
	if err := unix.Mkdirat(dir, p.stageName(), 0o700); err != nil && err != unix.EEXIST {
		return -1, err
	}
	fd, err := unix.Openat(dir, p.stageName(), unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	m, err := metaAt(fd, "")
	if err == nil && (int(m.UID) != os.Geteuid() || m.Mode&0o077 != 0) {
		err = fault.Text("the directory " + fault.Quote(p.stageName()) + " is there and not yours alone")
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// unstage removes the stages, which are empty, but for what a killed undo has half
// copied there.
func (p *plan) unstage() error {
	for at := range p.tops {
		dir, err := OpenDir(at)
		if err != nil {
			if missing(err) {
				continue
			}
			return &fault.Error{Do: "open", Path: at, Err: err}
		}
		err = removeStage(dir, p.stageName())
		unix.Close(dir)
		if err != nil {
			return &fault.Error{Do: "remove", Path: filepath.Join(at, p.stageName()), Err: err}
		}
	}
	return nil
}

func removeStage(dir int, name string) error {
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return ignoreMissing(err)
	}
	defer unix.Close(fd)
	names, err := namesOf(fd)
	if err != nil {
		return err
	}
	for _, n := range names {
		if strings.HasSuffix(n, halfCopied) {
			if err := unix.Unlinkat(fd, n, 0); err != nil {
				return err
			}
		}
	}
	return ignoreMissing(unix.Unlinkat(dir, name, unix.AT_REMOVEDIR))
}

// halfCopied ends the name of a copy that is not whole.
const halfCopied = ".new"

func namesIn(path string) ([]string, error) {
	fd, err := OpenDir(path)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	return namesOf(fd)
}

// namesOf lists a directory that is open with O_PATH.
func namesOf(fd int) ([]string, error) {
	list, err := unix.Openat(fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(list), ".")
	defer f.Close()
	return f.Readdirnames(-1)
}
