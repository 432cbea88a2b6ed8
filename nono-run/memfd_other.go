//go:build !linux

package main

import (
	"os"

	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// mechanism is what NONO_SANDBOX says inside. It is information: nothing
// trusts it.
const mechanism = "seatbelt"

// sealed returns a descriptor of a file that holds doc, is open across an exec
// and has no name by which anyone could change it.
func sealed(doc []byte) (int, error) {
	f, err := os.CreateTemp("", "nono-spec")
	if err != nil {
		return -1, err
	}
	defer f.Close()
	// Before anything is in it: who opened it by its name would hold it still.
	if err := os.Remove(f.Name()); err != nil {
		return -1, err
	}
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		return -1, err
	}
	if err := fdio.WriteAll(fd, doc); err != nil {
		return -1, err
	}
	_, err = unix.Seek(fd, 0, 0)
	return fd, err
}
