package undo

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// Where the store's disk is full a change is refused and nothing is changed unsaved; where
// the originals' disk is full an undo says so, and goes on when there is room again.
func TestFullDisk(t *testing.T) {
	testenv.RequireLandlock(t, 1)
	testenv.AsUsers(t, func(t *testing.T, u testenv.User) {
		at, _ := project.Mounted(t, 30, "mkfs.ext4", "-q", "-m", "0")
		onDisk := func(name string) string {
			if err := os.Mkdir(filepath.Join(at, name), 0o755); err != nil {
				t.Fatal(err)
			}
			u.Own(t, filepath.Join(at, name))
			return filepath.Join(at, name)
		}
		const large = "; mkdir l; for n in 1 2 3 4 5 6 7 8; do head -c 4M /dev/urandom > l/$n; done; find . -exec touch -h -d 2020-02-02 {} +"
		t.Run("store", func(t *testing.T) {
			p := place{project.In(t, u, onDisk("home"), u.Dir(t), filled+large)}
			before := tree.Snapshot(t, p.Dir)
			sums := p.Outside("md5sum l/*")
			out, _ := p.run("for n in 1 2 3 4 5 6 7 8; do echo x 2>/dev/null >> l/$n || echo refused $n; done; md5sum l/*")
			if !strings.Contains(out, "refused 8") || strings.Contains(out, "refused 1") || !strings.Contains(out, "no space left on device") {
				t.Errorf("%s", out)
			}
			for n := 1; n <= 8; n++ {
				line := regexp.MustCompile(fmt.Sprintf(".*l/%d\n", n)).FindString(sums)
				if strings.Contains(out, fmt.Sprintf("refused %d\n", n)) && !strings.Contains(out, line) {
					t.Errorf("l/%d is changed and not saved", n)
				}
			}
			p.back(before, "a full store", "--force")
		})
		t.Run("originals", func(t *testing.T) {
			p := place{project.In(t, u, u.Dir(t), onDisk("project"), filled+strings.Replace(large, "5 6 7 8", "", 1))}
			before := tree.Snapshot(t, p.Dir)
			if out, status := p.run("for n in 1 2 3; do echo x > l/$n; done; rm l/4 a; echo new > a; rm -r d"); status != 0 {
				t.Fatal(out)
			}
			exec.Command("dd", "if=/dev/zero", "of="+at+"/filler", "bs=1K").Run()
			if err := os.Truncate(at+"/filler", fileSize(t, at+"/filler")-6<<20); err != nil {
				t.Fatal(err)
			}
			out, status := p.Nono("undo")
			if status != 1 || !strings.Contains(out, "no space left on device") {
				t.Errorf("undo on a full disk: %d: %s", status, out)
			}
			if err := os.Remove(at + "/filler"); err != nil {
				t.Fatal(err)
			}
			p.back(before, "a full disk")
		})
	})
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}

// On each file system undo gives the tree back.
func TestFileSystems(t *testing.T) {
	for _, words := range [][]string{{"mkfs.xfs", "-q"}, {"mkfs.btrfs", "-q"}, {"mkfs.ext4", "-q"}} {
		t.Run(words[0], func(t *testing.T) {
			p, _ := onDisk(t, words[0], words[1:]...)
			changer := testenv.Build(t, "./changer", "-ldflags", "-s -w")
			before := tree.Snapshot(t, p.Dir)
			for seed := range 3 {
				args := p.flags("--silent", "--read-file", changer, "--", changer, fmt.Sprint(seed), fmt.Sprint(60), p.Dir)
				if out, status := p.Nono(args...); status != 0 {
					t.Fatalf("seed %d: %d: %s", seed, status, out)
				}
				p.back(before, fmt.Sprint("seed ", seed))
			}
		})
	}
}
