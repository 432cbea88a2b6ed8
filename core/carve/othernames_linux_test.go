package carve

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// Landlock's rules are about things, not names: another name of a denied thing
// must not give it back.
func TestHardLinks(t *testing.T) {
	for _, c := range []struct{ name, tree, spec, want string }{
		{"in the deny's own directory", "f key; h copy key; f o", "allow /; deny /key", "/o rxw"},
		{"in another chain directory", "f a/key; h b/copy a/key; f b/no; f b/o", "allow /; deny /a/key; deny /b/no", "/a l; /b l; /b/o rxw"},
		{"of a deny-write", "f rc; h copy rc; f o", "allow /; deny-write /rc", "/rc rx; /copy rx; /o rxw"},
		{"deny and deny-write of one file", "f rc; h copy rc; f o", "allow /; deny-write /rc; deny /copy", "/o rxw"},
		{"and the other way round", "f rc; h copy rc; f o", "allow /; deny /rc; deny-write /copy", "/o rxw"},
		{"of a file that a deny is beneath", "f a; h copy a; f o", "allow /; deny /a/x; read-file /copy", "/a rxw; /copy rxw; /o rxw"},
		{"granted by its other name on purpose", "f key; h copy key; f o", "allow /; deny /key; read-file /copy", "/o rxw; /copy rx; /key rx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := scratch(t)
			plantTree(t, dir, c.tree)
			r := carveNow(lines(t, dir, c.spec))
			r.check(t, dir, c.want)
		})
	}
}

// A bind mount is another name for a directory and all beneath it.
func TestBindMounts(t *testing.T) {
	const tree = "f h/ssh/id; f h/ssh/sub/x; f h/key; f h/o; f h/d/f; d m; d n/m; f n/o; f file"
	for _, c := range []struct {
		name, bind, spec string // bind: "FROM TO" separated by semicolons
		want             string
	}{
		{"the deny's directory, in the grant", "h m", "allow /; deny /h/ssh",
			"/h/key rxw; /h/o rxw; /h/d rxwlc; /h/d/f rxw; /n rxwlc; /n/m rxwlc; /n/o rxw; /file rxw; /m/key rxw; /m/o rxw; /m/d rxwlc; /m/d/f rxw"},
		{"the same, deeper than the carve looks", "h n/m", "allow /; deny /h/ssh",
			"/h/key rxw; /h/o rxw; /h/d rxwlc; /h/d/f rxw; /m rxwlc; /n/o rxw; /file rxw; /n/m/key rxw; /n/m/o rxw; /n/m/d rxwlc; /n/m/d/f rxw"},
		{"the denied directory itself", "h/ssh n/m", "allow /n; deny /h/ssh", "/n/o rxw"},
		{"a directory in the denied one", "h/ssh/sub n/m", "allow /n; deny /h/ssh", "/n/o rxw"},
		{"the denied file itself", "h/key file", "allow /; deny /h/key; deny /h/ssh",
			"/h/o rxw; /h/d rxwlc; /h/d/f rxw; /m rxwlc; /n rxwlc; /n/m rxwlc; /n/o rxw"},
		{"an absent denied name", "h n/m", "allow /n; deny /h/new", "/n l; /n/o rxw; /n/m l; /n/m/key rxw; /n/m/o rxw; /n/m/d rxwlc; /n/m/d/f rxw; /n/m/ssh rxwlc; /n/m/ssh/id rxw; /n/m/ssh/sub rxwlc; /n/m/ssh/sub/x rxw; /h/d rxwc; /h/d/f rxw; /h/ssh rxwc; /h/ssh/id rxw; /h/ssh/sub rxwc; /h/ssh/sub/x rxw; /h/key rxw; /h/o rxw"},
		{"of a deny-write", "h n/m", "allow /n; deny-write /h/d; deny /h/ssh",
			"/n/o rxw; /n/m/key rxw; /n/m/o rxw; /n/m/d rxl; /n/m/d/f rx; /h/key rxw; /h/o rxw; /h/d rxl; /h/d/f rx"},
		{"granted on purpose", "h/ssh n/m", "allow /n; deny /h/ssh; read /n/m", "/n/o rxw; /n/m rxl; /n/m/id rx; /n/m/sub rxl; /n/m/sub/x rx; /h/ssh rxl; /h/ssh/id rx; /h/ssh/sub rxl; /h/ssh/sub/x rx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := scratch(t)
			plantTree(t, dir, tree)
			testenv.PrivateMounts(t, func() {
				for b := range strings.SplitSeq(c.bind, ";") {
					from, to, _ := strings.Cut(strings.TrimSpace(b), " ")
					if err := unix.Mount(filepath.Join(dir, from), filepath.Join(dir, to), "", unix.MS_BIND, ""); err != nil {
						t.Error(err)
						return
					}
				}
				r := carveNow(lines(t, dir, c.spec))
				r.check(t, dir, c.want)
			})
		})
	}
}

// Other mounts in the way are neither lost nor taken for what they cover.
func TestMountsOnTheWay(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f h/ssh/hidden; f h/covered; d h/t; f o")
	testenv.PrivateMounts(t, func() {
		for _, m := range []string{"h", "h/t"} {
			if err := os.MkdirAll(filepath.Join(dir, m), 0o755); err == nil {
				if err = unix.Mount("none", filepath.Join(dir, m), "tmpfs", 0, ""); err != nil {
					t.Error(err)
				}
			}
		}
		plantTree(t, dir, "f h/ssh/id; f h/t/key; f h/t/f; f h/f")
		r := carveNow(lines(t, dir, "allow /; deny /h/ssh; deny /h/t/key"))
		r.check(t, dir, "/o rxw; /h/f rxw; /h/t l; /h/t/f rxw")
	})
}

// A file system of its own within what is denied is denied by its other names.
func TestMountInDenied(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "d h/ssh/vault; d n/m; f n/o")
	testenv.PrivateMounts(t, func() {
		vault := filepath.Join(dir, "h/ssh/vault")
		err := unix.Mount("none", vault, "tmpfs", 0, "")
		if err == nil {
			plantTree(t, dir, "f h/ssh/vault/id")
			err = unix.Mount(vault, filepath.Join(dir, "n/m"), "", unix.MS_BIND, "")
		}
		if err != nil {
			t.Error(err)
			return
		}
		r := carveNow(lines(t, dir, "allow /n; deny /h/ssh"))
		r.check(t, dir, "/n/o rxw")
	})
}

// A grant on a bind mount of a directory with denied paths is carved like it.
func TestGrantOnBindMount(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f h/ssh/id; f h/o; d m")
	testenv.PrivateMounts(t, func() {
		if err := unix.Mount(filepath.Join(dir, "h"), filepath.Join(dir, "m"), "", unix.MS_BIND, ""); err != nil {
			t.Error(err)
			return
		}
		r := carveNow(lines(t, dir, "allow /m; deny /h/ssh"))
		r.check(t, dir, "/m/o rxw; /h/o rxw")
	})
}

// A mount over a directory hides the mounts beneath it, also from the carve.
func TestHiddenMount(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f h/ssh/id; d n/m; f n/o")
	testenv.PrivateMounts(t, func() {
		err := unix.Mount(filepath.Join(dir, "h"), filepath.Join(dir, "n/m"), "", unix.MS_BIND, "")
		if err == nil {
			err = unix.Mount("none", filepath.Join(dir, "n"), "tmpfs", 0, "")
		}
		if err != nil {
			t.Error(err)
			return
		}
		plantTree(t, dir, "f n/m/ssh/other")
		r := carveNow(lines(t, dir, "allow /n; deny /h/ssh"))
		r.check(t, dir, "/n rxwlc; /n/m rxwlc; /n/m/ssh rxwlc; /n/m/ssh/other rxw")
	})
}

// In a chroot that is no mount nobody can say what a bind mount in it shows.
func TestChroot(t *testing.T) {
	dir := scratch(t)
	plantTree(t, dir, "f h/ssh/id; f h/o; d n/m; d proc")
	testenv.PrivateMounts(t, func() {
		err := unix.Mount("none", filepath.Join(dir, "proc"), "proc", 0, "")
		if err == nil {
			err = unix.Chroot(dir)
		}
		if err != nil {
			t.Error(err)
			return
		}
		s := lines(t, "/", "allow /; deny /h/ssh")
		if r := carveNow(s); r.err != nil || r.at("/h/o") == 0 || r.at("/h/ssh/id") != 0 {
			t.Errorf("without a bind mount: err %v, rules %q", r.err, r.rules)
		}
		if err := unix.Mount("/h", "/n/m", "", unix.MS_BIND, ""); err != nil {
			t.Error(err)
			return
		}
		const want = "cannot tell whether denied paths are also beneath '/n/m': the root directory is no mount, and its file system is mounted there"
		if r := carveNow(s); r.err == nil || r.err.Error() != want {
			t.Errorf("with one: %v", r.err)
		}
		if err := unix.Unmount("/proc", unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
		if r := carveNow(s); r.err == nil || r.err.Error() != "cannot read the mounts in '/proc/thread-self/mountinfo': no such file or directory" {
			t.Errorf("without /proc: %v", r.err)
		}
		if r := carveNow(lines(t, "/", "allow /h")); r.err != nil {
			t.Errorf("without denies /proc is not needed: %v", r.err)
		}
	})
}

// Names with what mountinfo escapes are understood.
func TestBindMountOddNames(t *testing.T) {
	dir := scratch(t)
	odd := "a b\tc\nd\\e#f\\040"
	for _, d := range []string{odd + "/ssh", "n/" + odd} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	testenv.PrivateMounts(t, func() {
		if err := unix.Mount(filepath.Join(dir, odd), filepath.Join(dir, "n", odd), "", unix.MS_BIND, ""); err != nil {
			t.Error(err)
			return
		}
		r := carveNow(&spec.Spec{Paths: []spec.Path{
			{Kind: spec.Allow, Path: filepath.Join(dir, "n")}, {Kind: spec.Deny, Path: filepath.Join(dir, odd, "ssh")},
		}})
		if r.err != nil || r.at(filepath.Join(dir, "n", odd, "ssh")) != 0 {
			t.Errorf("err %v, rules %q", r.err, r.rules)
		}
	})
}
