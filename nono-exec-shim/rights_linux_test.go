package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
)

// A right is one thing that Landlock decides about: what is tried, a spec that
// allows it and one that differs in nothing else.
type right struct {
	name    string
	files   string // made beforehand: "d DIR" and "f FILE", separated by semicolons
	op      string
	granted string
	refused string
	want    string // the answer when refused
	held    int    // the first ABI that holds it; below, the answer is ok
	needs   int    // the first ABI at which it can be granted
	root    bool   // an ordinary user cannot do it anyway
}

var rights = []right{
	{name: "EXECUTE", files: "x run", op: "exec $D/run nothing", granted: "read-file $D/run", refused: "write-file $D/run", want: "EACCES"},
	{name: "EXECUTE beneath", files: "x a/run", op: "exec $D/a/run nothing", granted: "read $D/a", refused: "write $D/a", want: "EACCES"},
	{name: "READ_FILE", files: "f f", op: "read $D/f", granted: "read-file $D/f", refused: "write-file $D/f", want: "EACCES"},
	{name: "READ_FILE beneath", files: "f a/b/f", op: "read $D/a/b/f", granted: "read $D/a", refused: "write $D/a", want: "EACCES"},
	{name: "READ_DIR", files: "d a", op: "list $D/a", granted: "read $D/a", refused: "write $D/a", want: "EACCES"},
	{name: "READ_DIR above a grant", files: "f a/f", op: "list $D/a", granted: "read $D/a", refused: "read-file $D/a/f", want: "EACCES"},
	{name: "WRITE_FILE", files: "f f", op: "write $D/f", granted: "write-file $D/f", refused: "read-file $D/f", want: "EACCES"},
	{name: "WRITE_FILE beneath", files: "f a/f", op: "write $D/a/f", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "MAKE_REG", files: "d a", op: "create $D/a/new", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "MAKE_REG by mknod", files: "d a", op: "mkreg $D/a/new", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "WRITE_FILE of what has no name", files: "d a", op: "tmpfile $D/a", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "MAKE_DIR", files: "d a", op: "mkdir $D/a/new", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "MAKE_SYM", files: "d a", op: "symlink x $D/a/new", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "MAKE_FIFO", files: "d a", op: "mkfifo $D/a/new", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "MAKE_SOCK", files: "d a", op: "mksock $D/a/new", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "REMOVE_FILE", files: "f a/f", op: "unlink $D/a/f", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "REMOVE_FILE of a file that is granted", files: "f a/f", op: "unlink $D/a/f", granted: "write $D/a", refused: "allow-file $D/a/f", want: "EACCES"},
	{name: "REMOVE_DIR", files: "d a/b", op: "rmdir $D/a/b", granted: "temp $D/a", refused: "allow $D/a", want: "EACCES"},
	{name: "REMOVE_DIR by rmdir allow", files: "d a/b", op: "rmdir $D/a/b", granted: "write $D/a; rmdir allow", refused: "write $D/a", want: "EACCES"},
	{name: "REMOVE_DIR needs writing", files: "d a/b", op: "rmdir $D/a/b", granted: "write $D/a; rmdir allow", refused: "read $D/a; rmdir allow", want: "EACCES"},
	{name: "REMOVE_DIR by renaming", files: "d a/b", op: "rename $D/a/b $D/a/c", granted: "temp $D/a", refused: "allow $D/a", want: "EACCES"},
	{name: "rename in a directory", files: "f a/f", op: "rename $D/a/f $D/a/g", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "rename over a file", files: "f a/f; f a/g", op: "rename $D/a/f $D/a/g", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "REFER by rename", files: "f a/f; d b", op: "rename $D/a/f $D/b/f", granted: "write $D/a; write $D/b", refused: "write $D/a; read $D/b", want: "EACCES", needs: 2},
	{name: "REFER by rename beneath one grant", files: "f a/b/f; d a/c", op: "rename $D/a/b/f $D/a/c/f", granted: "write $D/a", refused: "read $D/a", want: "EACCES", needs: 2},
	{name: "REFER by link", files: "f a/f; d b", op: "link $D/a/f $D/b/f", granted: "write $D/a; write $D/b", refused: "read $D/a; write $D/b", want: "EXDEV", needs: 2},
	// A link or rename must not bring a file to where more is allowed.
	{name: "REFER gains no right", files: "f a/f; d b", op: "link $D/a/f $D/b/f", granted: "allow $D/a; allow $D/b", refused: "write $D/a; allow $D/b", want: "EXDEV", needs: 2},
	{name: "REFER by exchange", files: "f a/f; f b/g", op: "exchange $D/a/f $D/b/g", granted: "write $D/a; write $D/b", refused: "write $D/a; read $D/b", want: "EACCES", needs: 2},
	{name: "link in a directory", files: "f a/f", op: "link $D/a/f $D/a/g", granted: "write $D/a", refused: "read $D/a", want: "EACCES"},
	{name: "TRUNCATE", files: "f f", op: "truncate $D/f", granted: "write-file $D/f", refused: "read-file $D/f", want: "EACCES", needs: 3},
	{name: "TRUNCATE by opening to write", files: "f f", op: "write-truncate $D/f", granted: "write-file $D/f", refused: "read-file $D/f", want: "EACCES"},
	{name: "TRUNCATE by opening to read", files: "f f", op: "read-truncate $D/f", granted: "allow-file $D/f", refused: "read-file $D/f", want: "EACCES", needs: 3},
	{name: "TRUNCATE by opening for neither", files: "f f", op: "3-truncate $D/f", granted: "allow-file $D/f", refused: "read-file $D/f", want: "EACCES", needs: 3},
	{name: "TRUNCATE by openat2", files: "f f", op: "2-truncate $D/f", granted: "allow-file $D/f", refused: "read-file $D/f", want: "EACCES", needs: 3},
	{name: "TRUNCATE by descriptor", files: "f f", op: "ftruncate $D/f", granted: "write-file $D/f", refused: "read-file $D/f", want: "EACCES"},
	{name: "IOCTL_DEV", op: "pty-number /dev/ptmx", granted: "device /dev/ptmx", refused: "allow-file /dev/ptmx", want: "EACCES", held: 5},
	// Never: a device made beneath a grant would be a way to the device itself.
	{name: "MAKE_CHAR", files: "d a", op: "mkchar $D/a/new", refused: "temp $D/a; rmdir allow", want: "EACCES", root: true},
	{name: "MAKE_BLOCK", files: "d a", op: "mkblock $D/a/new", refused: "temp $D/a; rmdir allow", want: "EACCES", root: true},
}

// below3 is how seccomp answers in place of Landlock's right to truncate. It
// cannot look at paths: what may be written is not truncated in that way either.
var below3 = map[string]string{
	"TRUNCATE": "EPERM", "TRUNCATE by opening to read": "EPERM", "TRUNCATE by opening for neither": "EPERM", "TRUNCATE by openat2": "ENOSYS",
}

func TestRights(t *testing.T) {
	eachABI(t, func(t *testing.T, abi int, u testenv.User) {
		shim := shimFor(t, abi)
		for _, r := range rights {
			if within(t, abi) && u.Root() && r.held == 0 && r.needs == 0 && below3[r.name] == "" {
				continue // as at the first and the last ABI; the user has it at each
			}
			t.Run(r.name, func(t *testing.T) {
				if r.root && !u.Root() {
					t.Skip("only root can do this at all")
				}
				p := newPlace(t, u, shim)
				try := func(what, spec, want string) {
					t.Helper()
					p.make(t, r.files)
					var got string
					if spec == "" {
						got = p.outside(t, r.op)[0]
					} else {
						got = p.inside(t, spec, r.op)[0]
					}
					if got != want {
						t.Errorf("%s: %s: %s, want %s", what, r.op, got, want)
					}
				}
				try("without a sandbox", "", "ok")
				refused, granted := r.want, "ok"
				switch {
				case abi < 3 && below3[r.name] != "":
					refused, granted = below3[r.name], below3[r.name]
				case abi < r.held:
					refused = "ok"
				case abi < r.needs: // without REFER the kernel moves nothing between directories
					granted = "EXDEV"
				}
				if r.granted != "" {
					try("granted", r.granted, granted)
				}
				try("refused", r.refused, refused)
			})
		}
	})
}

// make empties the place and makes files in it: "d DIR", "f FILE", and "x FILE"
// for a program.
func (p *place) make(t testing.TB, files string) {
	t.Helper()
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(p.dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.SplitSeq(files, ";") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		path := filepath.Join(p.dir, w[1])
		for dir := path; dir != p.dir; dir = filepath.Dir(dir) {
			if dir != path || w[0] == "d" {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				p.u.Own(t, dir)
			}
		}
		var err error
		switch w[0] {
		case "f":
			err = os.WriteFile(path, []byte("content"), 0o644)
		case "x":
			var program []byte
			if program, err = os.ReadFile(probePath(t)); err == nil {
				err = os.WriteFile(path, program, 0o755)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		p.u.Own(t, path)
	}
}
