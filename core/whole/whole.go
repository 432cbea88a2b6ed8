// Package whole writes a file whole or not at all: a reader sees what was there before or
// all of the new text, also if the machine stops in between.
package whole

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Write puts text into the file name of the directory that dir is open on, in place of
// what is there, with these permissions. last, unless nil, is asked when the text is on
// the disk: an error of it leaves the file as it was.
func Write(dir int, name, text string, mode uint32, last func() error) error {
	temp, err := prepare(dir, name, text, mode)
	if err != nil {
		return err
	}
	if last != nil {
		err = last()
	}
	if err == nil {
		err = unix.Renameat(dir, temp, dir, name)
	}
	if err != nil {
		unix.Unlinkat(dir, temp, 0)
		return err
	}
	unix.Fsync(dir) // the text is there; at worst a crash leaves the old name
	return nil
}

// Make is Write where nothing has that name, and fails with EEXIST where something has.
func Make(dir int, name, text string, mode uint32) error {
	temp, err := prepare(dir, name, text, mode)
	if err != nil {
		return err
	}
	err = unix.Linkat(dir, temp, dir, name, 0)
	unix.Unlinkat(dir, temp, 0)
	if err == nil {
		unix.Fsync(dir)
	}
	return err
}

// prepare writes text to a new file beside name, on the disk, and returns its name.
func prepare(dir int, name, text string, mode uint32) (string, error) {
	temp := "." + name + ".new." + strconv.Itoa(os.Getpid())
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := unix.Openat(dir, temp, flags, 0o600)
	if err == unix.EEXIST { // of a process that had this number, and was killed
		unix.Unlinkat(dir, temp, 0)
		fd, err = unix.Openat(dir, temp, flags, 0o600)
	}
	if err != nil {
		return "", err
	}
	f := os.NewFile(uintptr(fd), temp)
	_, err = f.WriteString(text)
	if err == nil {
		err = unix.Fchmod(fd, mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		unix.Unlinkat(dir, temp, 0)
		return "", err
	}
	return temp, nil
}
