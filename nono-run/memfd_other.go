//go:build !linux

package main

import (
	"os"

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
	if _, err := f.Write(doc); err != nil {
		os.Remove(f.Name())
		return -1, err
	}
	fd, err := unix.Open(f.Name(), unix.O_RDONLY, 0)
	if e := os.Remove(f.Name()); err == nil {
		err = e
	}
	return fd, err
}
