package testenv

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestAsUsers(t *testing.T) {
	AsUsers(t, func(t *testing.T, u User) {
		dir := u.Dir(t)
		file := filepath.Join(dir, "file")
		if out, err := u.Command("touch", file).CombinedOutput(); err != nil {
			t.Fatalf("touch: %v %s", err, out)
		}
		var st unix.Stat_t
		if err := unix.Stat(file, &st); err != nil || int(st.Uid) != u.UID {
			t.Errorf("the file belongs to %d, err %v; want %d", st.Uid, err, u.UID)
		}
	})
}

func TestAsNobody(t *testing.T) {
	uid := -1
	AsNobody(t, func() { uid = unix.Getuid() })
	if own := unix.Getuid(); uid != Nobody || own != 0 {
		t.Errorf("inside %d, outside %d", uid, own)
	}
}

func TestPrivateMounts(t *testing.T) {
	dir := t.TempDir()
	var err error
	PrivateMounts(t, func() {
		if err = unix.Mount("none", dir, "tmpfs", 0, ""); err == nil {
			err = os.WriteFile(filepath.Join(dir, "inside"), nil, 0o600)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "inside")); !os.IsNotExist(err) {
		t.Errorf("the mount is seen outside: %v", err)
	}
}
