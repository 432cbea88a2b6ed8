package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

func parent(path string) string { return path[:strings.LastIndexByte(path, '/')] }

// back undoes what has succeeded.
func back(err error, undo func() error) error {
	if err != nil {
		return err
	}
	if err := undo(); err != nil {
		return fmt.Errorf("cannot be undone: %v", err)
	}
	return nil
}

func opens(path string, flags int) error {
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0o600)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func (p *prober) refill(path string) error {
	return os.WriteFile(path, []byte(Secret), 0o600)
}

// restored gives a file its contents back.
func (p *prober) restored(path string, err error) error {
	return back(err, func() error { return p.refill(path) })
}

// read reads path, which must have the secret in it.
func (p *prober) read(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return secretOn(fd)
}

func secretOn(fd int) error {
	defer unix.Close(fd)
	buf := make([]byte, 64)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return err
	}
	if string(buf[:n]) != Secret {
		return fmt.Errorf("read %q", buf[:n])
	}
	return nil
}

func list(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.ReadDirent(fd, make([]byte, 4096))
	return err
}

// exchange swaps path for a file or directory of the prober's own, twice.
func (p *prober) exchange(path string) error {
	other := p.work + "/other"
	if err := p.refill(other); err != nil {
		return fmt.Errorf("the probe itself: %v", err)
	}
	defer unix.Unlink(other)
	swap := func() error {
		return unix.Renameat2(unix.AT_FDCWD, other, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE)
	}
	return back(swap(), swap)
}

// linkOut makes a hard link of path where everything is allowed.
func (p *prober) linkOut(path string) error {
	out := p.work + "/out"
	return back(unix.Link(path, out), func() error { return unix.Unlink(out) })
}

func (p *prober) throughSymlink(op, path string) error {
	ln := p.work + "/ln"
	if err := unix.Symlink(path, ln); err != nil {
		return fmt.Errorf("the probe itself: %v", err)
	}
	defer unix.Unlink(ln)
	switch op {
	case "symlink-read":
		return p.read(ln)
	case "symlink-list":
		return list(ln)
	}
	return opens(ln, unix.O_WRONLY)
}

// fromHere reads path by its name in the directory, after going there: the
// kernel does not ask who may go.
func (p *prober) fromHere(path string) error {
	if err := unix.Chdir(parent(path)); err != nil {
		return err
	}
	defer unix.Chdir("/")
	return p.read(path[len(parent(path))+1:])
}

// fromPlace reads path from a descriptor that was opened as a place only.
func (p *prober) fromPlace(path string) error {
	dir, err := unix.Open(parent(path), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	fd, err := unix.Openat(dir, path[len(parent(path))+1:], unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return secretOn(fd)
}
