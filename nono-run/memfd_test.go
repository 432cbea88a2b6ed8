package main

import (
	"bytes"
	"math"
	"testing"

	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// What the shim gets is the whole spec, from its first byte, over an exec.
func TestSealed(t *testing.T) {
	doc := bytes.Repeat([]byte("a line of a spec\n"), 10_000)
	fd, err := sealed(doc)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC != 0 {
		t.Errorf("it is closed at the exec: flags %#x, %v", flags, err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Nlink != 0 {
		t.Errorf("it has %d names, %v", st.Nlink, err)
	}
	if got, err := fdio.ReadAll(fd, math.MaxInt); err != nil || !bytes.Equal(got, doc) {
		t.Errorf("%d bytes of %d, %v", len(got), len(doc), err)
	}
}
