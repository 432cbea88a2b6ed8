package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// btrfs mounts a new file system of that kind at $D/fs, with the subvolume
// $D/fs/home in it, both u's. Who owns a subvolume may remove it there.
func btrfs(t testing.TB, p *place) {
	t.Helper()
	testenv.RequireRoot(t, "mount")
	image := filepath.Join(testenv.User{Name: "own"}.Dir(t), "image")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 128<<20); err != nil {
		t.Fatal(err)
	}
	at := p.in("$D/fs")
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range [][]string{
		{"mkfs.btrfs", "-q", image},
		{"mount", "-o", "loop,user_subvol_rm_allowed", image, at},
	} {
		if out, err := exec.Command(cmd[0], cmd[1:]...).CombinedOutput(); err != nil {
			t.Skipf("no btrfs: %s: %v %s", cmd[0], err, out)
		}
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", at).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	p.u.Own(t, at)
	if got := p.outside(t, "subvolume $D/fs home")[0]; got != "ok" {
		t.Fatalf("making a subvolume: %s", got)
	}
}

// btrfs makes and removes subvolumes by an ioctl on a directory that is open for
// listing. Landlock is not asked: a snapshot in a granted directory would give
// what is denied.
func TestSubvolumes(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		p := newPlace(t, u, shimFor(t, 99))
		btrfs(t, p)
		p.outside(t, "mkdir $D/fs/home/sub", "create $D/fs/home/secret", "subvolume $D/fs/home old")
		const spec = "allow $D/fs/home; deny $D/fs/home/secret"
		for _, c := range []struct{ spec, op, undo string }{
			{spec, "snapshot $D/fs/home $D/fs/home/sub snap", "remove-subvolume $D/fs/home/sub snap"},
			{"read $D/fs/home", "subvolume $D/fs/home new", "remove-subvolume $D/fs/home new"},
			{"allow $D/fs/home; rmdir allow", "remove-subvolume $D/fs/home old", "subvolume $D/fs/home old"},
		} {
			if got := p.inside(t, c.spec, c.op)[0]; got != "EPERM" {
				t.Errorf("%s: %s", c.op, got)
			}
			if got := p.outside(t, c.op, c.undo); got[0] != "ok" || got[1] != "ok" {
				t.Errorf("%s without a sandbox: %s", c.op, got)
			}
		}
	})
}

// TestSubvolumeChroot: in a root directory that is no mount, a bind mount of the
// same file system stops the start, also where the two numbers of a device that
// a subvolume has do not show it.
func TestSubvolumeChroot(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	p := newPlace(t, testenv.User{Name: "own"}, shimFor(t, 99))
	btrfs(t, p)
	p.outside(t, "mkdir $D/fs/home/proc", "mkdir $D/fs/home/h", "mkdir $D/fs/home/h/ssh", "create $D/fs/home/h/ssh/id", "mkdir $D/fs/home/n", "mkdir $D/fs/home/n/m")
	root := p.in("$D/fs/home")
	for name, from := range map[string]string{"shim": p.shim, "probe": probePath(t)} {
		program, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(root, name), program, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "spec"), []byte("nono-spec 1\nallow /\ndeny /h/ssh\ndeny-write /spec\n"+scalars), 0o644); err != nil {
		t.Fatal(err)
	}
	start := func() string {
		cmd := exec.Command("/shim", "/spec", "--", "/probe", "read", "/h/ssh/id", ",", "read", "/n/m/ssh/id")
		cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{Chroot: root}
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	testenv.PrivateMounts(t, func() {
		if err := unix.Mount("none", root+"/proc", "proc", 0, ""); err != nil {
			t.Error(err)
			return
		}
		if got := start(); got != "EACCES\nENOENT\nfinished\n" {
			t.Errorf("without a bind mount: %s", got)
		}
		if err := unix.Mount(root+"/h", root+"/n/m", "", unix.MS_BIND, ""); err != nil {
			t.Error(err)
			return
		}
		const want = "nono: error: cannot tell whether denied paths are also beneath '/n/m': the root directory is no mount, and its file system is mounted there\n"
		if got := start(); !strings.HasPrefix(got, want) {
			t.Errorf("with one: %s", got)
		}
	})
}
