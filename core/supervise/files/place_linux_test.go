package files

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A place stays while its path leads to it, and to what was found there.
func TestStays(t *testing.T) {
	for _, c := range []struct {
		what, base string
		change     func(at func(string) string) error
		want       bool
	}{
		{"nothing", "f", func(func(string) string) error { return nil }, true},
		{"something beside it", "f", func(at func(string) string) error { return os.WriteFile(at("d/g"), nil, 0o600) }, true},
		{"the thing is renamed", "f", func(at func(string) string) error { return os.Rename(at("d/f"), at("d/g")) }, false},
		{"another thing comes", "f", func(at func(string) string) error { return os.Rename(at("other"), at("d/f")) }, false},
		{"one comes where there was none", "new", func(at func(string) string) error { return os.Rename(at("other"), at("d/new")) }, false},
		{"none comes where there was none", "new", func(func(string) string) error { return nil }, true},
		{"its directory is renamed", "f", func(at func(string) string) error { return os.Rename(at("d"), at("e")) }, false},
		{"a directory above is renamed", "f", func(at func(string) string) error { return os.Rename(at(""), at("")+".moved") }, false},
	} {
		top := filepath.Join(t.TempDir(), "top")
		at := func(name string) string { return filepath.Join(top, name) }
		for _, err := range []error{os.MkdirAll(at("d"), 0o700), os.WriteFile(at("d/f"), nil, 0o600), os.WriteFile(at("other"), nil, 0o600)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		dir, err := unix.Open(at("d"), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &Place{Dir: dir, Real: at("d"), Base: c.base}
		if err := p.look(); err != nil {
			t.Fatal(err)
		}
		if err := c.change(at); err != nil {
			t.Fatal(err)
		}
		if got := p.Stays(); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		p.Close()
	}
}
