package main

import (
	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// mechanism is what NONO_SANDBOX says inside. It is information: nothing
// trusts it.
const mechanism = "landlock"

// sealed returns a descriptor of a file that holds doc, is open across an exec
// and can never change (memfd_create(2), F_ADD_SEALS).
func sealed(doc []byte) (int, error) {
	fd, err := unix.MemfdCreate("nono-spec", unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, err
	}
	if err := fdio.WriteAll(fd, doc); err != nil {
		return -1, err
	}
	seals := unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		return -1, err
	}
	_, err = unix.Seek(fd, 0, 0)
	return fd, err
}
