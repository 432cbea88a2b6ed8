package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
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
