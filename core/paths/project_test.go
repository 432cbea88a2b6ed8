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
