package policy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// firstPerson is the least number of a user that is a person (login.defs(5)).
const firstPerson = 1000

// unlistedHomes returns the homes near the granted paths that the user database does
// not name: a directory service, systemd-homed or another system's disk has them.
// Only root can be given them, so only root's granted paths are looked at. They are
// the directories beside the homes that are known, where all of them are granted, and
// those that look like one.
func (c *compiler) unlistedHomes(granted []string) []string {
	if len(granted) == 0 {
		return nil
	}
	var out []string
	people := c.personsParents()
	for _, dir := range granted {
		if systems(dir) && dir != "/" || nobodys(dir) && dir != "/" {
			continue
		}
		out = append(out, c.homesNear(dir, people)...)
	}
	return out
}

// homesNear returns the homes at, above and a little beneath one granted directory.
func (c *compiler) homesNear(dir string, people []string) []string {
	var out []string
	for up := dir; up != "/"; up = spec.Parent(up) {
		if c.looksLikeHome(up) {
			out = append(out, up)
		}
	}
	for _, parent := range homeParents(dir, people) {
		all := slices.Contains(people, parent)
		entries := c.res.List(parent)
		for _, name := range c.res.NamesIn(parent, func(n string) bool { return n != "." && n != ".." && entries.Kind(n) == paths.IsDir }) {
			if path := spec.Join(parent, name); all || c.looksLikeHome(path) {
				out = append(out, path)
			}
		}
	}
	return out
}

// homeParents returns the directories at or beneath dir that may hold homes: itself,
// home in it, and those of people.
func homeParents(dir string, people []string) []string {
	out := []string{dir, spec.Join(dir, "home")}
	for _, p := range people {
		if spec.Beneath(p, dir) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// personsParents returns the directories that hold the homes of people: the usual
// ones, and those of the user database. Those of services are in many places.
func (c *compiler) personsParents() []string {
	out := []string{"/home", "/var/home", "/Users", "/export/home"}
	for entry := range strings.SplitSeq(c.h.Passwd, "\n") {
		f := strings.SplitN(entry, ":", 7)
		if len(f) < 7 || !strings.HasPrefix(f[5], "/") {
			continue
		}
		parent := spec.Parent(c.real(f[5]))
		if uid, err := strconv.Atoi(f[2]); err == nil && uid >= firstPerson && uid < 65000 && parent != "/" && !nobodys(parent) && parent != "/var" && parent != "/var/lib" && !slices.Contains(out, parent) {
			out = append(out, parent)
		}
	}
	return out
}

// looksLikeHome reports whether dir has what only a home has that somebody uses. A
// project may have the start-up files of a shell, and is none for that.
func (c *compiler) looksLikeHome(dir string) bool {
	for _, name := range [...]string{".ssh", ".bash_history", ".zsh_history"} {
		var st unix.Stat_t
		if unix.Lstat(spec.Join(dir, name), &st) == nil {
			return true
		}
	}
	return false
}
