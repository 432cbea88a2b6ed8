package policy

import (
	"slices"
	"testing"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
)

// What `nono why --command` finds is what a run denies: both look in PATH and in
// the same further directories.
func TestFindCommand(t *testing.T) {
	b := newBox(t)
	b.file("bin/tool", script)
	b.mkdir("first/tool")
	path := "relative:" + b.root + "/first:" + b.bin
	for name, want := range map[string]string{
		"tool":              b.bin + "/tool", // a directory of that name is no command
		"absent-tool":       "",
		b.bin + "/tool":     b.bin + "/tool",
		b.bin + "/absent":   "",
		"sh":                "/usr/bin/sh",
		"/usr/bin/../bin/x": "",
	} {
		if got := FindCommand(name, path); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	c := &compiler{o: &Options{}, h: &Host{GOOS: "linux", Env: func(string) string { return path }}, res: paths.NewResolver()}
	cmds, err := c.findCommands()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range append([]string{b.bin}, lists.CommandDirs[:]...) {
		at, err := c.res.Resolve(dir)
		if err == nil && at.IsDir() && !slices.Contains(cmds.dirs, at.Path) {
			t.Errorf("commands in %s are not denied", dir)
		}
	}
}
