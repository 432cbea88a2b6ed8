package carve

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

func TestRefused(t *testing.T) {
	const tree = "f f; d d; l to-f /f; l to-d /d; p p; s s; f d/sub/f; l dangling nowhere; l loop loop"
	for _, c := range []struct{ name, spec, msg, hint string }{
		{"missing", "read /no", "cannot grant '$/no': no such file or directory", ""},
		{"missing file", "allow-file /no", "cannot grant '$/no': no such file or directory", ""},
		{"missing beneath a file", "read-file /f/no", "cannot grant '$/f/no': not a directory", ""},
		{"missing in a chain", "allow /d; deny /d/x/y; read /d/x/z", "cannot grant '$/d/x/z': no such file or directory", ""},
		{"one of two lines is not optional", "read? /no; allow /no", "cannot grant '$/no': no such file or directory", ""},
		{"a file as a directory", "read /f", "cannot grant '$/f': it is not a directory, so 'read' does not fit", ""},
		{"optional is no excuse for the kind", "allow? /f", "cannot grant '$/f': it is not a directory, so 'allow' does not fit", ""},
		{"a file as temp", "temp /f", "cannot grant '$/f': it is not a directory, so 'temp' does not fit", ""},
		{"a directory as a file", "read-file /d", "cannot grant '$/d': it is a directory, so 'read-file' does not fit", ""},
		{"a directory as a file to write", "write-file /d", "cannot grant '$/d': it is a directory, so 'write-file' does not fit", ""},
		{"a file as a socket", "unix-socket /f", "cannot grant '$/f': it is neither a Unix socket nor a directory, so 'unix-socket' does not fit", ""},
		{"a file as a device", "device /f", "cannot grant '$/f': it is not a device, so 'device' does not fit", ""},
		{"a fifo as a device", "device /p", "cannot grant '$/p': it is not a device, so 'device' does not fit", ""},
		{"a symlink", "read-file /to-f", "cannot grant '$/to-f': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a symlink to a directory", "read /to-d", "cannot grant '$/to-d': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"an optional symlink", "read? /to-d", "cannot grant '$/to-d': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"beneath a symlink", "read /to-d/sub", "cannot grant '$/to-d/sub': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a dangling symlink", "read? /dangling", "cannot grant '$/dangling': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a symlink to itself", "read /loop", "cannot grant '$/loop': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a symlink to what is granted less", "read /d; allow /to-d", "cannot grant '$/to-d': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"one line of two is granted less", "read /d; read /to-d; write /to-d", "cannot grant '$/to-d': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a symlink to what is denied", "allow /d; deny /d/sub; read /to-d/sub", "cannot grant '$/to-d/sub': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a symlink to what is shut for writing", "allow /d; deny-write /d/sub; allow /to-d/sub", "cannot grant '$/to-d/sub': it is now a symlink, or beneath one", "resolve its symlinks: the spec needs the real path"},
		{"a name that is too long", "read /" + strings.Repeat("n", 256), "cannot grant '$/" + strings.Repeat("n", 256) + "': file name too long", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := scratch(t)
			plantTree(t, dir, tree)
			before := openFDs(t)
			r := carveNow(lines(t, dir, c.spec))
			wantFault(t, r.err, strings.ReplaceAll(c.msg, "$", dir), c.hint)
			if after := openFDs(t); after != before {
				t.Errorf("%d descriptors were open before, %d after", before, after)
			}
		})
	}
}

func wantFault(t *testing.T, err error, msg, hint string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("%v is no *fault.Error", err)
	}
	if f.Error() != msg || f.Hint != hint {
		t.Errorf("error: %s\nhint:  %s\nwant:  %s\nhint:  %s", f.Error(), f.Hint, msg, hint)
	}
}

func TestEmitError(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f a; f b; f key")
	calls := 0
	_, err := Rules(lines(t, dir, "allow /; deny /key"), func(*Rule) error {
		calls++
		return io.ErrUnexpectedEOF
	})
	if err != io.ErrUnexpectedEOF || calls != 1 {
		t.Errorf("%d calls, then %v", calls, err)
	}
}

// A user who may not list a chain directory cannot have it carved.
func TestUnreadableOnTheWay(t *testing.T) {
	for _, c := range []struct {
		name string
		mode os.FileMode
		spec string
		msg  string // empty where nothing is in the way
		want string
	}{
		{"not listable", 0o711, "allow /; deny /h/k", "cannot list '$/h': permission denied", ""},
		{"not searchable", 0o744, "allow /; deny /h/k", "", "/h l; /h/d l; /g rxw"},
		{"closed", 0o700, "allow /; deny /h/k", "", "/h l; /h/d l; /g rxw"},
		{"closed, denied deeper", 0o700, "allow /; deny /h/d/k", "", "/h l; /h/d l; /g rxw"},
		{"closed, only deny-write", 0o700, "read /; deny-write /h/k", "", "/h rxl; /h/k rx; /h/o rx; /h/d rxl; /g rx"},
		{"closed itself", 0o700, "allow /; deny /h", "", "/g rxw"},
		{"grant in what is closed", 0o700, "read-file /h/k", "cannot grant '$/h/k': permission denied", ""},
		{"optional in what is closed", 0o700, "read-file? /h/k", "cannot grant '$/h/k': permission denied", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := scratch(t)
			plantTree(t, dir, "f h/k; f h/o; d h/d; f g")
			if err := os.Chmod(filepath.Join(dir, "h"), c.mode); err != nil {
				t.Fatal(err)
			}
			var r result
			carve := func() { r = carveNow(lines(t, dir, c.spec)) }
			if os.Geteuid() == 0 {
				testenv.AsNobody(t, carve)
			} else if c.msg == "" && strings.Contains(c.spec, "deny /h/") {
				t.Skip("only root makes a directory that is another user's")
			} else {
				// It is this user's own: a directory that shuts its owner out.
				os.Chmod(filepath.Join(dir, "h"), c.mode&0o77<<3|c.mode&0o77)
				carve()
			}
			if c.msg != "" {
				hint := ""
				if strings.Contains(c.msg, "list") {
					hint = "it is on the way to a denied path: grant what is needed beneath it instead"
				}
				wantFault(t, r.err, strings.ReplaceAll(c.msg, "$", dir), hint)
				return
			}
			os.Chmod(filepath.Join(dir, "h"), 0o700)
			r.check(t, dir, c.want)
		})
	}
}

// A directory that is closed to its own owner stops the start: a command of an earlier
// run may have closed it, and could open it again.
func TestClosedByItsOwner(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f h/k; f h/o; d h/d; f g")
	own := filepath.Join(dir, "h")
	if os.Geteuid() == 0 {
		if err := os.Chown(own, testenv.Nobody, testenv.Nobody); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(own, 0); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"allow /; deny /h/k", "allow /; deny /h/d/k"} {
		var r result
		carve := func() { r = carveNow(lines(t, dir, text)) }
		if os.Geteuid() == 0 {
			testenv.AsNobody(t, carve)
		} else {
			carve()
		}
		wantFault(t, r.err, "cannot list '"+own+"': permission denied", "it is on the way to a denied path: grant what is needed beneath it instead")
	}
}

// Where openat2 is hidden, paths are opened name by name with the same outcome.
func TestOpenStepwise(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f a/b/f; l to-a a; l a/up ..; l a/b/to-f f; l loop loop; l dangling no; p a/p")
	at, err := unix.Open(dir, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(at)
	before := openFDs(t)
	for _, rel := range []string{"a", "a/b", "a/b/f", "a/p", "a/b/f/x", "a/no", "a/no/x", "to-a", "to-a/b", "a/b/to-f", "a/b/to-f/x", "a/up/a", "loop", "loop/x", "dangling", "dangling/x",
		strings.Repeat("n", 256), "a/" + strings.Repeat("n", 256)} {
		for _, c := range []struct {
			dir int
			rel string
		}{{at, rel}, {unix.AT_FDCWD, dir + "/" + rel}} {
			fd, st, err := openNode(c.dir, c.rel)
			fd2, err2 := openStepwise(c.dir, c.rel)
			if err != err2 {
				t.Errorf("%.40s: %v, but name by name %v", c.rel, err, err2)
			}
			if err == nil && err2 == nil {
				var st2 unix.Stat_t
				if err := unix.Fstat(fd2, &st2); err != nil || id(st) != id(&st2) {
					t.Errorf("%s: not the same file, %v", c.rel, err)
				}
				unix.Close(fd)
				unix.Close(fd2)
			}
		}
	}
	if fd, err := openStepwise(unix.AT_FDCWD, "/"); err != nil {
		t.Error(err)
	} else {
		unix.Close(fd)
	}
	if after := openFDs(t); after != before {
		t.Errorf("%d descriptors were open before, %d after", before, after)
	}
}

// With too few descriptors the carve fails; it never leaves something out that
// would have been granted, nor anything open.
func TestTooFewDescriptors(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f a/b/c/key; f a/b/c/x; f a/b/y; f a/z")
	s := lines(t, dir, "allow /a; deny /a/b/c/key")
	whole := carveNow(s)
	if whole.err != nil {
		t.Fatal(whole.err)
	}
	top, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Skipf("no standard input: %v", err)
	}
	unix.Close(top)
	before := openFDs(t)
	failed := 0
	for n := 0; n < 12; n++ {
		var r result
		withFileLimit(t, uint64(top+n), func() { r = carveNow(s) })
		switch {
		case r.err != nil:
			if !errors.Is(r.err, unix.EMFILE) {
				t.Errorf("with %d descriptors: %v", n, r.err)
			}
			failed++
		case len(r.rules) != len(whole.rules):
			t.Errorf("with %d descriptors: %d rules, not %d", n, len(r.rules), len(whole.rules))
		}
	}
	if after := openFDs(t); after != before {
		t.Errorf("%d descriptors were open before, %d after", before, after)
	}
	if failed < 4 || failed == 12 {
		t.Errorf("%d of 12 limits were too low: the test does not reach both sides", failed)
	}
}
