//go:build linux

// Package try is the operations of the probe: each does one thing, by the system
// call that its name tells, and returns what the kernel says.
package try

import (
	"errors"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// An op tries one thing. The op returns nil, an errno, or a Text.
type op func(args []string) error

// A Text is an answer that is neither success nor an errno.
type Text string

func (t Text) Error() string { return string(t) }

// operations returns all operations by their names.
func operations(name string) (op, bool) {
	for _, table := range []map[string]op{fileOps, subvolumeOps, processOps, socketOps, programOps} {
		if f, ok := table[name]; ok {
			return f, true
		}
	}
	return nil, false
}

// Do tries the operation that the first word names, with the other words as its
// arguments. Before the operation may stand a word that changes how it is tried:
// see before.
func Do(words []string) error {
	if len(words) == 0 {
		return Text("no operation")
	}
	if f, ok := before(words[0]); ok {
		return f(words[1:])
	}
	f, ok := operations(words[0])
	if !ok {
		return Text("no operation " + words[0])
	}
	return f(words[1:])
}

// before returns what tries the operation that follows the word in another way.
func before(word string) (op, bool) {
	switch word {
	case "back": // undoes what has succeeded
		return back, true
	case "by-symlink": // LINK OP PATH: on a symlink to the path, made for this and removed
		return bySymlink, true
	case "by-pid": // OP PATH: by the probe's root directory in /proc
		return byPID, true
	case "from-directory": // OP PATH: by its last name, in its directory
		return fromDirectory, true
	}
	return nil, false
}

// Answer is what the probe prints for what an operation returned.
func Answer(err error) string {
	var errno syscall.Errno
	var text Text
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &text):
		return string(text)
	case errors.As(err, &errno):
		if name := unix.ErrnoName(errno); name != "" {
			return name
		}
		return strconv.Itoa(int(errno))
	}
	return "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
}

// Open opens a file, without waiting for anybody, and closes it again.
func Open(path string, flags int) error {
	return Opened(unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0o644))
}

// Opened closes what was opened only to see whether it can be.
func Opened(fd int, err error) error {
	if err == nil {
		unix.Close(fd)
	}
	return err
}

// Call makes a system call by its number. Its result does not matter.
func Call(nr uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := unix.Syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}
