package wants

import (
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/lists"
)

// NewFinder returns a Finder by nono's own list, behind the user's, with the commands
// that are blocked on a system: goos is its GOOS, getenv is like os.Getenv, and the
// others are what --allow-command and --block-command say.
func NewFinder(goos string, getenv func(string) string, allow, block []string) (*Finder, error) {
	name := filepath.Join(ConfigDir(getenv), "nono", "wants")
	own, _ := ReadFile(name)
	list, err := lists.CommandsWant(name, own)
	if err != nil {
		return nil, err
	}
	commands, err := lists.Commands(goos)
	if err != nil {
		return nil, err
	}
	f := &Finder{Lists: list, Read: ReadFile, Dirs: dirs, Blocked: slices.Clone(block)}
	for _, c := range commands {
		if !slices.Contains(allow, "all") && !slices.Contains(allow, c.Category) && !slices.Contains(allow, c.Name) {
			f.Blocked = append(f.Blocked, c.Name)
		}
	}
	return f, nil
}

// ConfigDir is where the user's settings are.
func ConfigDir(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(getenv("HOME"), ".config")
}
