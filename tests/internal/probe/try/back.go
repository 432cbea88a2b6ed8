//go:build linux

package try

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// back tries an operation and undoes it where it has succeeded, so that the next
// one finds everything as it was.
func back(words []string) error {
	name, a := plain(words)
	undo, err := undoing(name, a)
	if err != nil {
		return err
	}
	if err := Do(words); err != nil {
		return err
	}
	if err := undo(); err != nil {
		return Text("cannot be undone: " + err.Error())
	}
	return nil
}

// plain returns the operation without the words before it.
func plain(words []string) (name string, args []string) {
	for len(words) > 0 {
		switch words[0] {
		case "by-symlink":
			words = words[2:]
		case "from-directory", "by-pid":
			words = words[1:]
		default:
			return words[0], words[1:]
		}
	}
	return "", nil
}

// undoing returns what undoes an operation that is still to be tried.
func undoing(name string, a []string) (func() error, error) {
	switch name {
	case "create", "write-new", "mkfifo":
		return func() error { return unix.Unlink(a[0]) }, nil
	case "mkdir":
		return func() error { return unix.Rmdir(a[0]) }, nil
	case "symlink", "link":
		return func() error { return unix.Unlink(a[1]) }, nil
	case "exchange":
		return func() error { return exchange(a[0], a[1]) }, nil
	case "rename":
		if _, err := os.Lstat(a[1]); err == nil { // two files alike: one is made again
			return again(a[0]), nil
		}
		return func() error { return unix.Rename(a[1], a[0]) }, nil
	case "unlink":
		if target, err := os.Readlink(a[0]); err == nil {
			return func() error { return unix.Symlink(target, a[0]) }, nil
		}
		return again(a[0]), nil
	case "truncate", "write-truncate":
		return again(a[0]), nil
	}
	return nil, Text("nothing undoes " + name)
}

// again returns what gives a file the text again that it has now.
func again(path string) func() error {
	text, err := os.ReadFile(path)
	if err != nil {
		return func() error { return err }
	}
	return func() error { return os.WriteFile(path, text, 0o600) }
}

// bySymlink makes the symlink, tries the operation on it instead of on the path,
// and removes the symlink.
func bySymlink(words []string) error {
	link, op := words[0], words[1:]
	if err := unix.Symlink(op[1], link); err != nil {
		return Text("the probe's own symlink: " + err.Error())
	}
	defer unix.Unlink(link)
	return Do(on(link, op))
}

// fromDirectory goes to the path's directory, which the kernel lets everybody do
// who may search it, and tries the operation there.
func fromDirectory(op []string) error {
	dir, name := filepath.Split(op[1])
	if err := unix.Chdir(dir); err != nil {
		return err
	}
	defer unix.Chdir("/")
	return Do(on(name, op))
}

// byPID tries the operation by way of the probe's own root directory in /proc.
func byPID(op []string) error {
	return Do(on("/proc/"+strconv.Itoa(os.Getpid())+"/root"+op[1], op))
}

// on is the operation on another path.
func on(path string, op []string) []string {
	return append([]string{op[0], path}, op[2:]...)
}
