package fdio

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadAll(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	for _, c := range []struct{ size, most, least int }{
		{0, math.MaxInt, 0}, {1, math.MaxInt, 1}, {4095, math.MaxInt, 4095}, {4096, math.MaxInt, 4096}, {70_000, math.MaxInt, 70_000},
		{4096, 4096, 4096}, {70_000, 5000, 5001}, {70_000, 0, 1}, // a bound is seen to be passed
	} {
		want := bytes.Repeat([]byte("text"), c.size/4+1)[:c.size]
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
		fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadAll(fd, c.most)
		if err != nil || len(got) < c.least || !bytes.HasPrefix(want, got) {
			t.Errorf("%d bytes, of which %d are wanted: %d and %v", c.size, c.most, len(got), err)
		}
		unix.Close(fd)
	}
}

// What tells no size is read to its end all the same: a pipe, by a reader that
// is there before the writer has finished.
func TestPipe(t *testing.T) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	want := bytes.Repeat([]byte("a pipe holds less than this"), 10_000)
	written := make(chan error)
	go func() {
		err := WriteAll(p[1], want)
		unix.Close(p[1])
		written <- err
	}()
	got, err := ReadAll(p[0], math.MaxInt)
	if !bytes.Equal(got, want) || err != nil {
		t.Errorf("%d bytes and %v, want %d", len(got), err, len(want))
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	if _, err := ReadAll(-1, 1); err != unix.EBADF {
		t.Errorf("reading: %v", err)
	}
	if err := WriteAll(-1, []byte("x")); err != unix.EBADF {
		t.Errorf("writing: %v", err)
	}
}
