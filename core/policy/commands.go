package policy

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/lists"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// commands is what is known of this machine's commands before any line is made.
type commands struct {
	*blockedNames
	// dirs are the existing directories of commands, resolved, once each.
	dirs []string
	// others are the files of commands that may run: ordinary ones, and, where the
	// value is true, those that --allow-command gives back. A blocked name that
	// leads to one of these files is one of the names of a multi-call binary.
	others map[fileID]bool
	// files is what blockedIn found, by directory.
	files map[string][]paths.Entry
}

type fileID struct{ dev, ino uint64 }

// ordinaryCommands are of every multi-call binary: busybox, toybox, uutils.
var ordinaryCommands = [...]string{"ls", "cat", "sh", "echo", "true"}

func (c *compiler) findCommands() (*commands, error) {
	names, err := findBlockedNames(c.h.GOOS, c.o)
	if err != nil {
		return nil, err
	}
	m := &commands{blockedNames: names, others: map[fileID]bool{}, files: map[string][]paths.Entry{}}
	for _, d := range append(lists.CommandDirs[:], strings.Split(c.h.Env("PATH"), ":")...) {
		if !strings.HasPrefix(d, "/") {
			continue
		}
		if p, err := c.res.Resolve(d); err == nil && p.IsDir() && !slices.Contains(m.dirs, p.Path) {
			m.dirs = append(m.dirs, p.Path)
		}
	}
	if len(names.names) == 0 {
		return m, nil
	}
	note := func(name string, lifted bool) {
		for _, dir := range m.dirs {
			if p, err := c.res.Resolve(spec.Join(dir, name)); err == nil && p.Exists {
				m.others[fileID{p.Dev, p.Ino}] = lifted
			}
		}
	}
	for _, n := range names.lifted {
		note(n, true)
	}
	for _, n := range ordinaryCommands {
		if names.category[n] == "" { // the last word is that of the ordinary ones
			note(n, false)
		}
	}
	return m, nil
}

// blockedIn returns what in dir, which is resolved, has a blocked command's name.
// Each directory is asked once.
func (m *commands) blockedIn(res *paths.Resolver, dir string) []paths.Entry {
	files, known := m.files[dir]
	if !known {
		files = res.Among(dir, m.names)
		m.files[dir] = files
	}
	return files
}

// isOther reports whether the file of a command that is blocked under category is
// also a command that may run. --block-command is stronger than --allow-command by
// another name.
func (m *commands) isOther(file paths.Target, category string) bool {
	if byName(category) {
		return m.isOrdinary(file)
	}
	_, other := m.others[fileID{file.Dev, file.Ino}]
	return other
}

// isOrdinary reports whether the file is also an ordinary command.
func (m *commands) isOrdinary(file paths.Target) bool {
	lifted, other := m.others[fileID{file.Dev, file.Ino}]
	return other && !lifted
}

// FindCommand returns the file of a command: name itself if it has a slash and
// exists, or the first in the directories of path, the value of PATH, and then in
// those of lists.CommandDirs. It returns "" where there is none. What a command is
// to be started from, Compile decides: by PATH alone.
func FindCommand(name, path string) string {
	var st unix.Stat_t
	if strings.Contains(name, "/") {
		if unix.Stat(name, &st) == nil {
			return name
		}
		return ""
	}
	for _, dir := range append(strings.Split(path, ":"), lists.CommandDirs[:]...) {
		file := spec.Join(dir, name)
		if strings.HasPrefix(dir, "/") && unix.Stat(file, &st) == nil && st.Mode&unix.S_IFMT != unix.S_IFDIR {
			return file
		}
	}
	return ""
}
