package policy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"golang.org/x/sys/unix"
)

// TestOtherNamesOfAHome: a mount gives the home, or a part of it, another name, and
// what is protected stays so by that.
func TestOtherNamesOfAHome(t *testing.T) {
	testenv.RequireRoot(t, "mounts")
	for _, c := range []struct {
		name, mounts, grant string // mounts: "FROM TO" separated by semicolons
		want                []string
	}{
		{"the home", "home other/u", "allow other", []string{"deny other/u/.ssh", "deny-write other/u/.gitconfig", "deny other/u/.zshenv", "deny other/u/.config/gh"}},
		{"the home, granted by that name", "home other/u", "allow other/u", []string{"deny other/u/.ssh"}},
		{"a name of the other name", "home other/u; other/u project/h", "allow project", []string{"deny project/h/.ssh"}},
		{"what is above the home", "above other", "allow other", []string{"deny other/home/.ssh"}},
		{"a protected directory", "home/.ssh project/keys", "allow project", []string{"deny project/keys"}},
		{"a directory in it", "home/.ssh/sub project/keys", "allow project", []string{"deny project/keys"}},
		{"one file in it", "home/.ssh/id project/key", "allow project", []string{"deny project/key"}},
		{"a directory with a protected one", "home/.config project/c", "allow project", []string{"deny project/c/gh", "deny-write project/c/git"}},
		{"what is mounted in the home", "store home/.gnupg; store project/s", "allow project", []string{"deny project/s"}},
		{"an overlay of it", "overlay:home project/merged", "allow project", []string{"deny project/merged/.ssh"}},
		{"a FUSE view of it", "bindfs:home project/merged", "allow project", []string{"deny project/merged/.ssh"}},
		{"nothing of it", "store project/s", "allow project", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.uid = os.Getuid()
			b.mkdir("home/.ssh/sub", "home/.config", "home/.gnupg", "other/u", "project/keys", "project/h", "project/c", "project/s", "project/merged", "store", "lower")
			b.file("home/.ssh/id", "")
			b.file("project/key", "")
			testenv.PrivateMounts(t, func() {
				for m := range strings.SplitSeq(c.mounts, "; ") {
					from, to, _ := strings.Cut(m, " ")
					if from == "above" {
						from = "."
					}
					mount(t, b.root, from, to)
				}
				p := b.grants(c.grant)
				b.has(p, c.want...)
				for _, l := range b.lines(p) {
					if c.want == nil && strings.HasPrefix(l, "deny") {
						t.Errorf("%q", l)
					}
				}
			})
		})
	}
}

// mount binds from to to, or makes an overlay over it, or has bindfs(1) show it.
func mount(t *testing.T, root, from, to string) {
	t.Helper()
	to = filepath.Join(root, to)
	if from, fuse := strings.CutPrefix(from, "bindfs:"); fuse {
		if _, err := exec.LookPath("bindfs"); err != nil {
			t.Skip("bindfs is not installed")
		}
		if out, err := exec.Command("bindfs", filepath.Join(root, from), to).CombinedOutput(); err != nil {
			t.Skipf("no FUSE here: %v %s", err, out)
		}
		t.Cleanup(func() { unix.Unmount(to, unix.MNT_DETACH) })
		return
	}
	lower, overlay := strings.CutPrefix(from, "overlay:")
	var err error
	if overlay {
		options := "lowerdir=" + filepath.Join(root, lower) + ":" + root + "/lower"
		if err = unix.Mount("overlay", to, "overlay", 0, options); err != nil {
			t.Skipf("no overlay here: %v", err)
		}
	} else {
		err = unix.Mount(filepath.Join(root, from), to, "", unix.MS_BIND, "")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSubvolumeMountedTwice: btrfs shows a subvolume where it is mounted, and within
// the whole.
func TestSubvolumeMountedTwice(t *testing.T) {
	testenv.RequireRoot(t, "mounts")
	b := newBox(t)
	b.mkdir("top", "h")
	image := b.file("image", "")
	if err := os.Truncate(image, 128<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.btrfs", "-q", image).CombinedOutput(); err != nil {
		t.Skipf("mkfs.btrfs: %v %s", err, out)
	}
	run := func(argv ...string) {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Skipf("%q: %v %s", argv, err, out)
		}
	}
	run("mount", "-o", "loop", image, b.root+"/top")
	t.Cleanup(func() { unix.Unmount(b.root+"/top", unix.MNT_DETACH) })
	run("btrfs", "-q", "subvolume", "create", b.root+"/top/@home")
	device, err := exec.Command("findmnt", "-n", "-o", "SOURCE", "--target", b.root+"/top").Output()
	if err != nil {
		t.Skip("no findmnt here: the loop device cannot be told")
	}
	run("mount", "-o", "subvol=@home", strings.TrimSpace(string(device)), b.root+"/h")
	t.Cleanup(func() { unix.Unmount(b.root+"/h", unix.MNT_DETACH) })
	b.mkdir("h/u/.ssh")
	b.env["HOME"] = b.root + "/h/u"
	b.uid = os.Getuid()
	b.has(b.grants("allow top"), "deny top/@home/u/.ssh", "deny-write top/@home/u/.gitconfig")
}
