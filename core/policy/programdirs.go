package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
)

// ProgramDirs returns the directories of path, a value of PATH, in which nono looks for a
// program that it starts itself, outside of any sandbox: not those in which a command in a
// sandbox could have left one, as in the environment of a project (.venv/bin) or in a
// directory that is named from the working directory.
func ProgramDirs(h Host, path string) ([]string, error) {
	res := paths.NewResolver()
	var dirs []string
	for dir := range strings.SplitSeq(path, ":") {
		if !strings.HasPrefix(dir, "/") || slices.Contains(dirs, dir) {
			continue
		}
		at, err := res.Resolve(dir)
		if err != nil || !at.Exists {
			continue
		}
		if slices.Contains(lists.CommandDirs[:], at.Path) {
			dirs = append(dirs, dir)
			continue
		}
		filled, err := CouldFill(h, []string{at.Path})
		if err != nil {
			return nil, err
		}
		if len(filled) == 0 {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}
