package paths

import (
	"os"
	"testing"
)

// TestInProject: what the environment has moved to where a run that was granted the
// project, or a directory above it, could have made it.
func TestInProject(t *testing.T) {
	top := t.TempDir()
	for _, dir := range []string{"home/code/sub", "home/code/xdg", "home/conf", "disk/code/sub", "disk/xdg", "alone"} {
		if err := os.MkdirAll(top+"/"+dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("code", top+"/home/link"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir, work string
		want      bool
	}{
		{"home/code/xdg", "home/code", true},
		{"home/code/xdg", "home/code/sub", true},
		{"home/code/sub/.state/new", "home/code/sub", true},
		{"home/code/sub", "home/code/sub", true},
		{"home/link/xdg", "home/code/sub", true},
		{"home/code/xdg", "home/link/sub", true},
		{"home/conf", "home/code/sub", false},
		{"home/code/xdg", "home/conf", false},
		{"home/code/xdg", "home", false},
		{"disk/xdg", "disk/code/sub", true},
		{"alone", "home/code", false},
	} {
		if got := InProject(top+"/"+c.dir, top+"/"+c.work, top+"/home"); got != c.want {
			t.Errorf("%s, working in %s: %v", c.dir, c.work, got)
		}
	}
	if InProject(top+"/home/code", "", top+"/home") {
		t.Error("without a working directory")
	}
}

// TestInProjectByOwner: modes, which a run can change, do not make a directory of the user
// another's.
func TestInProjectByOwner(t *testing.T) {
	top := t.TempDir()
	src, home := top+"/src", top+"/home"
	for _, dir := range []string{src + "/config", src + "/proj", home} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(src, 0o700) })
	for _, mode := range []os.FileMode{0o755, 0o755 | os.ModeSticky, 0o777 | os.ModeSticky, 0o555, 0o511 | os.ModeSticky} {
		if err := os.Chmod(src, mode); err != nil {
			t.Fatal(err)
		}
		if !InProject(src+"/config", src+"/proj", home) {
			t.Errorf("mode %v: not in the project", mode)
		}
	}
}

// TestChangeable: whose directory is one that a run could have changed.
func TestChangeable(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the owners of directories are changed: only root can")
	}
	dir := t.TempDir() + "/d"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		owner, user int
		mode        os.FileMode
		want        bool
	}{
		{4711, 4711, 0o755, true},
		{4711, 4711, 0o555 | os.ModeSticky, true},
		{0, 4711, 0o777, true},
		{0, 4711, 0o777 | os.ModeSticky, false},
		{4712, 4711, 0o777 | os.ModeSticky, true},
		{0, 0, 0o755, true},
		{0, 0, 0o755 | os.ModeSticky, true},
	} {
		if err := os.Chown(dir, c.owner, c.owner); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, c.mode); err != nil {
			t.Fatal(err)
		}
		if got := changeable(dir, uint32(c.user)); got != c.want {
			t.Errorf("%v of %d, for %d: %v", c.mode, c.owner, c.user, got)
		}
	}
	for _, dir := range []string{"/tmp", "/var", "/var/tmp", "/none"} {
		if changeable(dir, 0) {
			t.Errorf("%s is taken for root's own", dir)
		}
	}
}

// TestInProjectBeneathRoot: a directory directly beneath the root counts if the user owns it,
// and not by its place.
func TestInProjectBeneathRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a directory is made directly beneath the root: only root can")
	}
	dir, err := os.MkdirTemp("/", "nono-test-")
	if err != nil {
		t.Skip(err)
	}
	defer os.Remove(dir)
	if err := os.Chown(dir, 4711, 4711); err != nil {
		t.Fatal(err)
	}
	if !changeable(dir, 4711) || changeable(dir, 0) {
		t.Errorf("%s: for its owner %v, for root %v", dir, changeable(dir, 4711), changeable(dir, 0))
	}
}
