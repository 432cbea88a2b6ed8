package ephemeral

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	beforeModes = `mkdir -p d/e shut/in gone/deep again part; for f in d/b d/e/c shut/in/x gone/deep/y again/z part/p part/q; do echo $f > $f; done
echo k > locked; setfattr -n user.test -v was locked; setfattr -n user.test -v was shut; chmod 444 locked; chmod 555 shut/in shut gone/deep gone part`
	duringModes = `echo n > d/new; rm d/b; setfattr -n user.test -v is d; chmod 555 d
chmod 755 shut shut/in; echo n > shut/new; rm shut/in/x; echo m > shut/in/m; setfattr -n user.test -v is shut; chmod 500 shut/in; chmod 555 shut
chmod -R u+w gone; rm -r gone; rm -r again; mkdir again; echo z > again/new; chmod 311 again
mkdir -p n/m; echo f > n/m/f; ln n/m/f n/g; chmod 000 n/m/f; chmod 555 n/m n
chmod 644 locked; setfattr -n user.test -v is locked; echo l >> locked; chmod 4111 locked
chmod 755 part; echo p > part/p; rm part/q; echo r > part/r; mkdir part/s; chmod 2500 part/s part`
)

// Directories and files that the command left without the rights of their own owner are
// kept, and thrown away, as any others: also in parts, and from a store elsewhere. For root
// there are no such rights, so root starts the test again as an ordinary user.
func TestKeepModes(t *testing.T) {
	other, err := os.MkdirTemp("/dev/shm", "nono-test-")
	if err != nil {
		t.Skip(err)
	}
	defer os.RemoveAll(other)
	if os.Getuid() == 0 {
		t.Run("an ordinary user", func(t *testing.T) { again(t, "^TestKeepModes$") })
	}
	ways(t, func(t *testing.T, userns bool) {
		if userns && os.Getuid() == 0 {
			t.Skip("root's files, of which the command may less than this test")
		}
		for name, storeIn := range map[string]string{"beside": t.TempDir(), "elsewhere": filepath.Join(other, filepath.Base(t.Name()))} {
			t.Run(name, func(t *testing.T) { keepModes(t, userns, storeIn) })
		}
		t.Run("discard", func(t *testing.T) { discardModes(t, userns) })
	})
}

// again runs a test of this program as nobody.
func again(t *testing.T, test string) {
	const nobody = 65534
	tmp, err := os.MkdirTemp("", "nono-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chown(tmp, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("/proc/self/exe", "-test.run", test, "-test.v")
	c.Dir, c.Env = tmp, append(os.Environ(), "TMPDIR="+tmp)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "--- PASS: TestKeepModes/user_namespace/discard") {
		t.Logf("no user namespace can be made by an ordinary user here: %s", out)
	}
}

func keepModes(t *testing.T, userns bool, storeIn string) {
	s := play(t, userns, storeIn, beforeModes, duringModes)
	if _, err := s.run.Keep([]string{filepath.Join(s.original, "part/p"), filepath.Join(s.original, "n")}, false); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(filepath.Join(s.original, "part")); err != nil || st.Mode().Perm() != 0o555 {
		t.Errorf("the directory of a file that was kept: %v, %v", st.Mode(), err)
	}
	if _, err := s.run.Keep(nil, false); err != nil {
		t.Fatal(err)
	}
	// The parts changed the times of the directories that they were in.
	if saw, now := stripTimes(s.saw), stripTimes(snapshot(s.original)); now != saw {
		t.Errorf("keep gave something else than the command saw:\n%s", difference(saw, now))
	}
	if left, err := s.run.Changes(); err != nil || len(left) != 0 {
		t.Errorf("after keep there are changes: %v, %v", left, err)
	}
}

func discardModes(t *testing.T, userns bool) {
	s := play(t, userns, t.TempDir(), beforeModes, duringModes)
	before := snapshot(s.original)
	for _, path := range []string{"d/new", "shut", "again", "n/m/f", "part/s"} {
		if _, err := s.run.Discard([]string{filepath.Join(s.original, path)}); err != nil {
			t.Errorf("discard of %s: %v", path, err)
		}
	}
	if _, err := s.run.Discard(nil); err != nil {
		t.Fatal(err)
	}
	if now := snapshot(s.original); now != before {
		t.Errorf("discard changed the original:\n%s", difference(before, now))
	}
}
