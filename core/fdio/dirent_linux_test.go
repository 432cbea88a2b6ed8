package fdio

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestEntry(t *testing.T) {
	dir := t.TempDir()
	want := map[string]byte{".": unix.DT_DIR, "..": unix.DT_DIR, "sub": unix.DT_DIR, "link": unix.DT_LNK}
	for _, name := range []string{"a", "two words", "new\nline", "\xff", strings.Repeat("x", 255)} {
		want[name] = unix.DT_REG
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	buf := make([]byte, 1024) // several calls
	var met []string
	for {
		n, err := unix.Getdents(fd, buf)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		for rest := buf[:n]; len(rest) > 0; {
			var e Dirent
			e, rest = Entry(rest)
			name, kind := e.Name[:bytes.IndexByte(e.Name, 0)], e.Kind
			var st unix.Stat_t
			if err := unix.Lstat(filepath.Join(dir, string(name)), &st); string(name) != ".." && (err != nil || st.Ino != e.Ino) {
				t.Errorf("%q: number %d, want %d: %v", name, e.Ino, st.Ino, err)
			}
			met = append(met, string(name))
			if want[string(name)] != kind {
				t.Errorf("%q: type %d, want %d", name, kind, want[string(name)])
			}
		}
	}
	slices.Sort(met)
	if len(slices.Compact(met)) != len(want) {
		t.Errorf("met %q, want %d names", met, len(want))
	}
}
