package undo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nono-sandbox/nono/core/testenv"
	"github.com/nono-sandbox/nono/core/testenv/tree"
	"github.com/nono-sandbox/nono/tests/internal/project"
)

// onDisk is a place on a file system of its own, made in an image by mkfs.
func onDisk(t *testing.T, mkfs string, words ...string) (p place, image string) {
	t.Helper()
	testenv.RequireLandlock(t, 1)
	at, image := project.Mounted(t, 512, mkfs, words...)
	return place{project.In(t, testenv.User{Name: "root"}, at+"/home", at+"/project", filled)}, image
}

// Where a file system can share blocks, a large original takes no space, and comes back.
func TestSharedBlocks(t *testing.T) {
	p, _ := onDisk(t, "mkfs.btrfs", "-q")
	p.Outside("head -c 100M /dev/urandom > big; touch -d 2020-02-02 big .; sync big")
	before := tree.Snapshot(t, p.Dir)
	// The limit is of what is copied.
	out, status := p.run("echo x >> big; echo y > a; tail -c 2 big", "--undo-limit", "1M")
	if status != 0 || !strings.HasPrefix(out, "x\n") {
		t.Fatalf("%d: %s", status, out)
	}
	journal, err := filepath.Glob(p.Home + "/.local/state/nono/undo/*/journal")
	if err != nil || len(journal) != 1 {
		t.Fatal(journal, err)
	}
	if text, _ := os.ReadFile(journal[0]); !strings.Contains(string(text), " shared,") {
		t.Errorf("nothing is shared: %s", text)
	}
	p.back(before, "a large file")
}

// The image as it is on the disk in the middle of a run, which is what a power cut leaves,
// has all that is needed to take the changes back.
func TestPowerCut(t *testing.T) {
	p, image := onDisk(t, "mkfs.ext4", "-q")
	p.Outside("mkdir many; for n in $(seq 40); do echo old $n > many/$n; done; head -c 300000 /dev/urandom > large; find . -exec touch -h -d 2020-02-02 {} +; sync -f .")
	before := tree.Snapshot(t, p.Dir)
	c := p.Command(append([]string{p.Suite.Path("nono-run")}, p.flags("--", "sh", "-c",
		"for n in $(seq 30); do echo new > many/$n; done; rm many/3? a; mv b c; mkdir new; echo x > new/x; echo x >> large; chmod 600 many/1; sync -f .; echo ready; exec sleep 600")[1:]...)...)
	lines, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { c.Process.Kill(); c.Wait() }()
	ready := make([]byte, 6)
	if n, err := lines.Read(ready); err != nil {
		t.Fatal(n, err)
	}
	cut := image + ".cut"
	var out []byte
	for range 60 { // until what is saved is there: a second, on a quiet machine
		if out, err = exec.Command("cp", "--sparse=always", image, cut).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		// The copy lies where the original was, for one command.
		again := p.Command("unshare", "-m", "sh", "-c", "mount -o loop "+cut+" "+filepath.Dir(p.Dir)+" && cd "+p.Dir+" && "+p.Suite.Path("nono")+" undo --force && rm -rf "+cut+".tree && cp -a . "+cut+".tree")
		if out, err = again.CombinedOutput(); err == nil {
			if err = os.Rename(cut+".tree", cut+"-tree"); err != nil {
				t.Fatal(err)
			}
			if after := tree.Snapshot(t, cut+"-tree"); after == before {
				return
			} else {
				out = []byte(tree.Difference(before, after))
			}
			os.RemoveAll(cut + "-tree")
		}
		time.Sleep(250 * time.Millisecond)
	}
	t.Errorf("after a power cut: %v: %s", err, out)
}
