package wants

import (
	"path/filepath"
	"slices"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/policy"
)

// NewFinder returns a Finder by nono's own list, behind the user's, with the commands
// that are blocked on a host under a request.
func NewFinder(h policy.Host, o *policy.Options) (*Finder, error) {
	name := filepath.Join(ConfigDir(h), "nono", "wants")
	own, _ := ReadFile(name)
	list, err := lists.CommandsWant(name, own)
	if err != nil {
		return nil, err
	}
	commands, err := lists.Commands(h.GOOS)
	if err != nil {
		return nil, err
	}
	f := &Finder{Lists: list, Read: ReadFile, Blocked: slices.Clone(o.BlockCommands)}
	for _, c := range commands {
		if !slices.Contains(o.AllowCommands, "all") && !slices.Contains(o.AllowCommands, c.Category) && !slices.Contains(o.AllowCommands, c.Name) {
			f.Blocked = append(f.Blocked, c.Name)
		}
	}
	return f, nil
}

// ConfigDir is where the user's settings are.
func ConfigDir(h policy.Host) string {
	if dir := h.Env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(h.Env("HOME"), ".config")
}
