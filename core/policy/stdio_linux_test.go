package policy

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

func open(t *testing.T, path string, flags int) int {
	t.Helper()
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NONBLOCK, 0o600)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func TestOpenOn(t *testing.T) {
	b := newBox(t)
	file := b.file("file", "")
	if err := unix.Mkfifo(b.root+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	var pipe, pair [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	gone := open(t, b.file("gone", ""), unix.O_RDWR)
	replaced := open(t, b.file("replaced", ""), unix.O_RDWR)
	renamed := open(t, b.file("before", ""), unix.O_RDONLY)
	odd := open(t, b.file("odd (deleted)", ""), unix.O_RDONLY)
	for _, err := range []error{os.Remove(b.root + "/gone"), os.Remove(b.root + "/replaced"), os.Rename(b.root+"/before", b.root+"/after")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.file("replaced", "")
	for _, c := range []struct {
		what, path string
		fd         int
		kind       spec.Kind
	}{
		{"reading", file, open(t, file, unix.O_RDONLY), spec.ReadFile},
		{"writing", file, open(t, file, unix.O_WRONLY), spec.WriteFile},
		{"appending", file, open(t, file, unix.O_WRONLY|unix.O_APPEND), spec.WriteFile},
		{"both", file, open(t, file, unix.O_RDWR), spec.AllowFile},
		{"a fifo", b.root + "/fifo", open(t, b.root+"/fifo", unix.O_RDONLY), spec.ReadFile},
		{"a device", "/dev/null", open(t, "/dev/null", unix.O_RDWR), spec.Device},
		{"a device for reading", "/dev/null", open(t, "/dev/null", unix.O_RDONLY), spec.ReadFile},
		{"a device for writing", "/dev/null", open(t, "/dev/null", unix.O_WRONLY), spec.WriteFile},
		{"renamed", b.root + "/after", renamed, spec.ReadFile},
		{"named like a deleted one", b.root + "/odd (deleted)", odd, spec.ReadFile},
		{"only a place", "", open(t, file, unix.O_PATH), 0},
		{"a directory", "", open(t, b.root, unix.O_RDONLY), 0},
		{"deleted", "", gone, 0},
		{"another file by now", "", replaced, 0},
		{"a pipe", "", pipe[0], 0},
		{"a socket", "", pair[0], 0},
		{"nothing", "", 1 << 20, 0},
	} {
		if path, kind := openOn(c.fd); path != c.path || kind != c.kind {
			t.Errorf("%s: %q %v, want %q %v", c.what, path, kind, c.path, c.kind)
		}
	}
	for _, fd := range append(pipe[:], pair[:]...) {
		unix.Close(fd)
	}
}

// TestStdio has a child, whose standard descriptors are files, compile for
// itself: the spec has them, optional, and no stronger than --deny.
func TestStdio(t *testing.T) {
	if os.Getenv("STDIO_CHILD") == "1" {
		stdioChild(t)
		return
	}
	b := newBox(t)
	out, err := os.OpenFile(b.root+"/out", os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, err := os.Open(b.file("in", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	report, err := os.Create(b.root + "/report")
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestStdio$")
	cmd.Env = append(os.Environ(), "STDIO_CHILD=1", "STDIO_ROOT="+b.root)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = in, out, out, []*os.File{report}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(b.root + "/report")
	if err != nil {
		t.Fatal(err)
	}
	want := "read-file? in standard input\nwrite-file? out standard output\n--\ndeny in --deny\nwrite-file? out standard output\n"
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func stdioChild(t *testing.T) {
	b := &box{t: t, root: os.Getenv("STDIO_ROOT"), env: map[string]string{"HOME": "/nonexistent"}}
	var text strings.Builder
	for i, denies := range [][]Grant{nil, b.parse("deny in")} {
		if i > 0 {
			text.WriteString("--\n")
		}
		for _, l := range b.must(Options{NetBlock: true, Stdio: true, Grants: denies}).Spec.Paths {
			if path, ok := b.rel(l.Path); ok {
				word := l.Kind.String()
				if l.Optional {
					word += "?"
				}
				text.WriteString(word + " " + path + " " + l.By.String() + "\n")
			}
		}
	}
	if _, err := unix.Write(3, []byte(text.String())); err != nil {
		t.Fatal(err)
	}
}
