package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// A home as a careless user grants it, with what must stay shut.
const (
	homeFiles = "f h/.ssh/id; d h/.ssh/sub; f h/.netrc; f h/.zshrc; f h/bin/tool; f h/notes; f h/src/main; d h/tmp; f o/f"
	homeSpec  = "allow $D/h; deny $D/h/.ssh; deny $D/h/.netrc; deny $D/h/.aws; deny-write $D/h/.zshrc; deny-write $D/h/bin; deny-write $D/h/.zshenv; read $D/o"
)

// shut are ways to what homeSpec denies, each with the answer. All are open
// without a sandbox.
var shut = []struct{ op, want string }{
	{"read $D/h/.ssh/id", "EACCES"},
	{"write $D/h/.ssh/id", "EACCES"},
	{"list $D/h/.ssh", "EACCES"},
	{"list $D/h/.ssh/sub", "EACCES"},
	{"create $D/h/.ssh/authorized_keys", "EACCES"},
	{"unlink $D/h/.ssh/id", "EACCES"},
	{"rename $D/h/.ssh/id $D/h/src/id", "EACCES"},
	{"rename $D/h/notes $D/h/.ssh/id", "EACCES"},
	{"link $D/h/.ssh/id $D/h/src/id", "EXDEV"},
	{"rename $D/h/.ssh $D/h/src/ssh", "EACCES"},
	{"exchange $D/h/.ssh $D/h/src", "EACCES"},
	{"read $D/h/src/../.ssh/id", "EACCES"},
	{"read /proc/self/root$D/h/.ssh/id", "EACCES"},
	{"read $D/o/to-ssh/id", "EACCES"},
	{"read $D/h/.netrc", "EACCES"},
	{"write $D/h/.netrc", "EACCES"},
	{"truncate $D/h/.netrc", "EACCES"},
	{"read-truncate $D/h/.netrc", "EACCES"},
	{"unlink $D/h/.netrc", "EACCES"},
	{"rename $D/h/.netrc $D/h/src/netrc", "EACCES"},
	{"rename $D/h/src/main $D/h/.netrc", "EACCES"},
	{"link $D/h/.netrc $D/h/src/netrc", "EXDEV"},
	{"read $D/h/netrc-too", "EACCES"}, // a hard link beside it
	{"mkdir $D/h/.aws", "EACCES"},
	{"create $D/h/.aws", "EACCES"},
	{"symlink $D/h/src $D/h/.aws", "EACCES"},
	{"rename $D/h/src/main $D/h/.aws", "EACCES"},
	{"link $D/h/src/main $D/h/.aws", "EACCES"},
	{"write $D/h/.zshrc", "EACCES"},
	{"truncate $D/h/.zshrc", "EACCES"},
	{"unlink $D/h/.zshrc", "EACCES"},
	{"rename $D/h/src/main $D/h/.zshrc", "EACCES"},
	{"create $D/h/.zshenv", "EACCES"},
	{"symlink x $D/h/.zshenv", "EACCES"},
	{"create $D/h/bin/new", "EACCES"},
	{"write $D/h/bin/tool", "EACCES"},
	{"rename $D/h/bin $D/h/src/bin", "EACCES"},
	{"rename $D/h/src/main $D/h/bin/tool", "EACCES"},
	{"link $D/h/bin/tool $D/h/src/tool", "EXDEV"}, // there it could be written
	{"list $D/h", "EACCES"},                       // a denied directory is beneath
	{"create $D/h/new", "EACCES"},
	{"rename $D/h/notes $D/h/notes2", "EACCES"},
	{"rename $D/h $D/h2", "EACCES"},
}

// open are what the same spec leaves open.
var open = []string{
	"read $D/h/notes", "write $D/h/notes", "truncate $D/h/notes", "read $D/h/.zshrc", "read $D/h/bin/tool", "list $D/h/bin",
	"list $D/h/src", "create $D/h/src/new", "mkdir $D/h/src/dir", "rename $D/h/src/main $D/h/src/main2", "rename $D/h/src/main2 $D/h/tmp/main",
	"link $D/h/tmp/main $D/h/src/main", "unlink $D/h/src/main",
}

func (p *place) makeHome(t testing.TB) {
	t.Helper()
	p.make(t, homeFiles)
	if err := os.Link(filepath.Join(p.dir, "h/.netrc"), filepath.Join(p.dir, "h/netrc-too")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../h/.ssh", filepath.Join(p.dir, "o/to-ssh")); err != nil {
		t.Fatal(err)
	}
}

func TestDenied(t *testing.T) {
	eachABI(t, func(t *testing.T, abi int, u testenv.User) {
		checkDenied(t, newPlace(t, u, shimFor(t, abi)), abi)
	})
}

func TestDeniedControl(t *testing.T) {
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		checkControl(t, newPlace(t, u, ""))
	})
}

// The same in an overlay, whose files are at first those of the layer beneath.
func TestDeniedInOverlay(t *testing.T) {
	all := abis(t)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		layers := testenv.User{Name: "own"}.Dir(t)
		lower := &place{u: u, dir: filepath.Join(layers, "lower")}
		for _, dir := range []string{"lower", "upper", "work"} {
			if err := os.Mkdir(filepath.Join(layers, dir), 0o755); err != nil {
				t.Fatal(err)
			}
			u.Own(t, filepath.Join(layers, dir))
		}
		lower.makeHome(t)
		testenv.PrivateMounts(t, func() {
			if err := unix.Mount("overlay", p.dir, "overlay", 0, "lowerdir="+lower.dir+",upperdir="+layers+"/upper,workdir="+layers+"/work"); err != nil {
				t.Logf("no overlay here: %v", err)
				return
			}
			// First with the layer beneath untouched, then with files of the upper one.
			checkShut(t, p, all[len(all)-1])
			checkDenied(t, p, all[len(all)-1])
			checkControl(t, p)
		})
	})
}

func checkDenied(t *testing.T, p *place, abi int) {
	p.makeHome(t)
	checkShut(t, p, abi)
	p.makeHome(t)
	checkOpen(t, p, abi)
}

// checkControl holds that each of the ways is open without a sandbox.
func checkControl(t *testing.T, p *place) {
	for _, c := range shut {
		p.makeHome(t)
		if got := p.outside(t, c.op)[0]; got != "ok" {
			t.Errorf("%s without a sandbox: %s", c.op, got)
		}
	}
}

func checkShut(t *testing.T, p *place, abi int) {
	var ops []string
	for _, c := range shut {
		ops = append(ops, c.op)
	}
	for i, got := range p.inside(t, homeSpec, ops...) {
		want := shut[i].want
		if abi < 3 && strings.Contains(shut[i].op, "truncate ") {
			want = "EPERM" // seccomp
		}
		if got != want {
			t.Errorf("%s: %s, want %s", shut[i].op, got, want)
		}
	}
}

func checkOpen(t *testing.T, p *place, abi int) {
	for i, got := range p.inside(t, homeSpec, open...) {
		want := "ok"
		switch op := strings.Fields(open[i]); {
		case abi < 3 && op[0] == "truncate":
			want = "EPERM"
		case abi < 2 && op[0] == "rename" && strings.HasPrefix(op[2], "$D/h/tmp"):
			want = "EXDEV" // before REFER, nothing goes from one directory to another
		case abi < 2 && i > 10:
			want = "ENOENT" // so it did not get there
		}
		if got != want {
			t.Errorf("%s: %s, want %s", open[i], got, want)
		}
	}
}

// A denied command can be neither executed nor read, by whatever path, while its
// neighbours run.
func TestDeniedCommand(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "x bin/rm; x bin/ls; d w")
		for name, target := range map[string]string{"w/link": "../bin/rm", "bin/rm2": "rm"} {
			if err := os.Symlink(target, filepath.Join(p.dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Link(filepath.Join(p.dir, "bin/rm"), filepath.Join(p.dir, "bin/remove")); err != nil {
			t.Fatal(err)
		}
		spec := "read $D/bin; allow $D/w; deny $D/bin/rm"
		for op, want := range map[string]string{
			"exec $D/bin/ls nothing": "ok", "list $D/bin": "ok",
			"exec $D/bin/rm nothing": "EACCES", "exec $D/w/link nothing": "EACCES", "exec $D/bin/rm2 nothing": "EACCES",
			"exec $D/bin/remove nothing": "EACCES", "read $D/bin/rm": "EACCES", "link $D/bin/rm $D/w/rm": "EXDEV",
			"exec $D/bin/ls exec $D/bin/rm": "ok", // the child runs; what it says is below
		} {
			if got := p.inside(t, spec, op)[0]; got != want {
				t.Errorf("%s: %s, want %s", op, got, want)
			}
		}
		cmd := p.u.Command(p.shim, p.spec(t, spec), "--", filepath.Join(p.dir, "bin/ls"), "exec", filepath.Join(p.dir, "bin/rm"), "nothing")
		if got := p.answers(t, cmd, []string{"exec"})[0]; got != "EACCES" {
			t.Errorf("by another program: %s", got)
		}
		if got := p.inside(t, "read $D/bin; allow $D/w", "exec $D/bin/rm nothing", "exec $D/w/link nothing"); got[0] != "ok" || got[1] != "ok" {
			t.Errorf("not denied: %q", got)
		}
	})
}

// A bind mount beneath a grant is no way to what is denied by its first name.
func TestDeniedBehindBindMount(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		p.make(t, "f h/.ssh/id; f h/notes; d n/m; f n/o")
		ops := []string{"read $D/n/m/.ssh/id", "list $D/n/m/.ssh", "create $D/n/m/.aws", "read $D/n/m/notes", "read $D/n/o"}
		var outside, inside []string
		testenv.PrivateMounts(t, func() {
			if err := unix.Mount(filepath.Join(p.dir, "h"), filepath.Join(p.dir, "n/m"), "", unix.MS_BIND, ""); err != nil {
				t.Error(err)
				return
			}
			inside = p.inside(t, "allow $D/n; deny $D/h/.ssh; deny $D/h/.aws", ops...)
			outside = p.outside(t, ops...)
		})
		for i, want := range []string{"EACCES", "EACCES", "EACCES", "ok", "ok"} {
			if len(inside) == len(ops) && (inside[i] != want || outside[i] != "ok") {
				t.Errorf("%s: %s, want %s; outside %s", ops[i], inside[i], want, outside[i])
			}
		}
	})
}

// In a directory that root alone can change the carve goes by the numbers that the
// directory lists: a hard link to what is denied, and what is mounted on an entry, are
// found out all the same.
func TestDeniedInRootsDirectory(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		for _, kind := range []string{"", "tmpfs"} {
			p := newPlace(t, u, shimFor(t, 99))
			p.make(t, "d r; f free; f shut")
			ops := []string{"read $D/r/key", "read $D/r/again", "read $D/r/other", "read $D/r/free", "read $D/r/shut", "read $D/r/sub/key"}
			var outside, inside []string
			testenv.PrivateMounts(t, func() {
				if err := p.fillRoots(kind); err != nil {
					t.Error(err)
					return
				}
				inside = p.inside(t, "read $D/r; deny $D/r/key; deny $D/shut", ops...)
				outside = p.outside(t, ops...)
			})
			for i, want := range []string{"EACCES", "EACCES", "ok", "ok", "EACCES", "ok"} {
				if len(inside) == len(ops) && (inside[i] != want || outside[i] != "ok") {
					t.Errorf("%q: %s: %s, want %s; outside %s", kind, ops[i], inside[i], want, outside[i])
				}
			}
		}
	})
}

// fillRoots makes $D/r root's, on a file system of that kind if one is given, with a
// file by two names and two files mounted on others.
func (p *place) fillRoots(kind string) error {
	r := p.in("$D/r")
	if kind != "" {
		if err := unix.Mount("none", r, kind, 0, "mode=755"); err != nil {
			return err
		}
	}
	errs := []error{os.Chown(r, 0, 0), os.Mkdir(r+"/sub", 0o755)}
	for _, name := range []string{"key", "other", "free", "shut", "sub/key"} {
		errs = append(errs, os.WriteFile(r+"/"+name, []byte("content"), 0o644))
	}
	return errors.Join(append(errs, os.Link(r+"/key", r+"/again"),
		unix.Mount(p.in("$D/free"), r+"/free", "", unix.MS_BIND, ""), unix.Mount(p.in("$D/shut"), r+"/shut", "", unix.MS_BIND, ""))...)
}
