package ephemeral

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/testenv/tree"
	"github.com/nono-sandbox/nono/tests/internal/project"
	"golang.org/x/sys/unix"
)

// A disk is a way to have a directory on a file system of its own.
type disk struct {
	name string
	make func(t *testing.T) string
	// why is what the run says where this cannot be the lower layer, and whyStore where it
	// cannot hold the upper one; "" where it can.
	why, whyStore string
	// renumbers tells that a file has no lasting inode number: copied names of one file
	// become files of their own.
	renumbers bool
}

var disks = []disk{
	{name: "ext4", make: func(t *testing.T) string { return made(t, 300, "mkfs.ext4", "-q") }},
	{name: "xfs", make: func(t *testing.T) string { return made(t, 400, "mkfs.xfs", "-q") }},
	{name: "btrfs", make: func(t *testing.T) string { return made(t, 300, "mkfs.btrfs", "-q") }},
	{name: "tmpfs", make: func(t *testing.T) string { return mounted(t, "-t", "tmpfs", "tmpfs") }},
	{name: "overlay", make: overlay, whyStore: "keep apart the changes in"},
	{name: "FUSE", make: fuse, whyStore: "keep apart the changes in", renumbers: true},
}

func made(t *testing.T, megabytes int64, mkfs string, words ...string) string {
	at, _ := project.Mounted(t, megabytes, mkfs, words...)
	return at
}

func mounted(t *testing.T, words ...string) string {
	at := testenv.User{Name: "root"}.Dir(t)
	project.Mount(t, at, words...)
	return at
}

// overlay is what the root of a container is.
func overlay(t *testing.T) string {
	base := testenv.User{Name: "root"}.Dir(t)
	for _, name := range []string{"l", "u", "w"} {
		if err := os.Mkdir(base+"/"+name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return mounted(t, "-t", "overlay", "overlay", "-o", "lowerdir="+base+"/l,upperdir="+base+"/u,workdir="+base+"/w")
}

// fuse is a file system whose server is a program.
func fuse(t *testing.T) string {
	if _, err := exec.LookPath("bindfs"); err != nil {
		t.Skip("bindfs is missing")
	}
	from, at := testenv.User{Name: "root"}.Dir(t), testenv.User{Name: "root"}.Dir(t)
	if out, err := exec.Command("bindfs", "-o", "allow_other", from, at).CombinedOutput(); err != nil {
		t.Skipf("bindfs: %v: %s", err, out)
	}
	t.Cleanup(func() { unix.Unmount(at, unix.MNT_DETACH) })
	return at
}

// look is a script that tells what there is, by whatever file system.
const look = `find . -mindepth 1 \( -type d -printf '%P %y %m %u\n' -o -printf '%P %y %m %s %n %l %T@\n' \) | sort; cat a d/c d/new link 2>/dev/null; getfattr -d d/c group 2>/dev/null; tail -c 4 large; du -BM large | cut -c1`

// change is what the command does: links, a directory that hands its group on, attributes,
// a file of 5 GiB with a hole, a socket and a FIFO.
const change = `echo more >> a; rm b; echo new > d/new; ln d/new hard; ln -s d/c link; mkdir group; chmod 2775 group; echo x > group/x; setfattr -n user.x -v 1 d/c group 2>/dev/null
truncate -s 5G large; echo end >> large; mkfifo p; perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "s", Listen => 1) or die'; rm -r old; mkdir old; echo y > old/y; chmod 700 d; mv a A; mv A a`

// On each file system, as what lies below and as the store, keep gives what the command saw,
// and discard leaves the originals, or the run is refused with one sentence.
func TestFileSystems(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.RequireRoot(t, "mount a file system")
	for _, d := range disks {
		t.Run(d.name, func(t *testing.T) {
			testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
				if u.Root() && os.Getenv("NONO_LONG") == "" {
					t.Skip("long: set NONO_LONG")
				}
				at := d.make(t)
				onDisk := func(name string) string {
					path := filepath.Join(at, name)
					if err := os.Mkdir(path, 0o755); err != nil {
						t.Fatal(err)
					}
					u.Own(t, path)
					return path
				}
				fill := filled + "; mkdir old; echo x > old/x; chmod 2755 old"
				t.Run("project and store", func(t *testing.T) {
					decide(t, place{project.In(t, u, onDisk("home"), onDisk("project"), fill)}, d.why+d.whyStore, d.renumbers)
				})
				t.Run("project", func(t *testing.T) {
					decide(t, place{project.In(t, u, u.Dir(t), onDisk("alone"), fill)}, d.why, d.renumbers)
				})
				t.Run("store", func(t *testing.T) {
					decide(t, place{project.In(t, u, onDisk("state"), u.Dir(t), fill)}, d.whyStore, false)
				})
			})
		})
	}
}

// decide discards a run, and then keeps one.
func decide(t *testing.T, p place, refused string, renumbers bool) {
	p.T = t
	before := tree.Snapshot(t, p.Dir)
	out, status := p.run(change+"\n"+look, "--silent", "--allow-unix-sockets")
	if refused != "" {
		if status != 125 || !strings.Contains(out, refused) || strings.Count(out, "nono: error") != 1 {
			t.Errorf("not refused: %d: %s", status, out)
		}
		return
	}
	if status != 0 {
		t.Fatalf("%d: %s", status, out)
	}
	if now := tree.Snapshot(t, p.Dir); now != before {
		t.Fatalf("the run changed the originals:\n%s", tree.Difference(before, now))
	}
	p.Nono("discard")
	if now := tree.Snapshot(t, p.Dir); now != before {
		t.Fatalf("discard changed the originals:\n%s", tree.Difference(before, now))
	}
	if out, status = p.run(change+"\n"+look, "--silent", "--allow-unix-sockets"); status != 0 {
		t.Fatalf("%d: %s", status, out)
	}
	if said, status := p.Nono("keep"); status != 0 {
		t.Fatalf("keep: %d: %s", status, said)
	}
	now := p.Outside(look)
	if renumbers {
		now, out = strings.ReplaceAll(now, " 4 2  ", " 4 1  "), strings.ReplaceAll(out, " 4 2  ", " 4 1  ")
	}
	if now != out {
		t.Errorf("keep gave something else than the command saw:\n%s", tree.Difference(out, now))
	}
}

// When the disk of the originals is full, keep says so, each original is as it was or as the
// run left it, and the next keep goes on.
func TestFullDisk(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.RequireRoot(t, "mount a file system")
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		at := made(t, 40, "mkfs.ext4", "-q", "-m", "0")
		if err := os.Mkdir(at+"/project", 0o755); err != nil {
			t.Fatal(err)
		}
		u.Own(t, at+"/project")
		room := []int{0, 700, 2100}
		if os.Getenv("NONO_LONG") != "" {
			room = []int{0, 1, 3, 10, 40, 200, 700, 1100, 2100}
		}
		for _, free := range room {
			p := place{project.In(t, u, u.Dir(t), at+"/project", "rm -rf * ; mkdir d; for n in 1 2 3 4 5; do echo old $n > d/$n; done; echo x > a; mkdir gone; echo y > gone/y")}
			out, status := p.run("for n in 1 2 3 4 5; do head -c 300K /dev/urandom > d/$n; cp d/$n d/n$n; done; mkdir m; cp d/1 m/x; ln m/x m/y; rm -r gone; mkfifo p; md5sum d/* m/*", "--silent")
			if status != 0 {
				t.Fatal(out)
			}
			fill := "dd if=/dev/zero of=" + at + "/filler bs=1K 2>/dev/null || :; "
			if out, err := exec.Command("sh", "-c", fill+"rm -f "+at+"/more; truncate -s -"+fmt.Sprint(free)+"K "+at+"/filler; sync -f "+at).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			said, status := p.Nono("keep")
			if free < 1000 && (status != 1 || !strings.Contains(said, "no space left on device") || !strings.Contains(said, "goes on when the cause is gone")) {
				t.Errorf("%d K free: %d: %s", free, status, said)
			}
			for n := 1; n <= 5; n++ {
				now, sum := p.Outside(fmt.Sprintf("cat d/%d | head -c 20", n)), p.Outside(fmt.Sprintf("md5sum d/%d", n))
				if now != fmt.Sprintf("old %d\n", n) && !strings.Contains(out, sum) {
					t.Errorf("%d K free: d/%d is neither old nor new", free, n)
				}
			}
			if err := os.Remove(at + "/filler"); err != nil {
				t.Fatal(err)
			}
			if said, status = p.Nono("keep"); status != 0 {
				t.Errorf("%d K free, the next keep: %d: %s", free, status, said)
			}
			p.Want("md5sum d/* m/*; ls -A; ls -A d m", out+"a\nd\nm\np\nd:\n1\n2\n3\n4\n5\nn1\nn2\nn3\nn4\nn5\n\nm:\nx\ny\n")
		}
	})
}
