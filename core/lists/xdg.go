package lists

import "strings"

// XDG is an XDG directory and where it is in the home by default, or "" if it has
// no place there (specifications.freedesktop.org/basedir-spec).
type XDG struct{ Name, InHome string }

var xdgDirs = [...]XDG{
	{"XDG_CONFIG_HOME", ".config"},
	{"XDG_DATA_HOME", ".local/share"},
	{"XDG_CACHE_HOME", ".cache"},
	{"XDG_STATE_HOME", ".local/state"},
	{"XDG_RUNTIME_DIR", ""},
}

// XDGDirs returns the directories that nono knows.
func XDGDirs() []XDG { return xdgDirs[:len(xdgDirs):len(xdgDirs)] }

// IsXDG reports whether name is that of an XDG directory.
func IsXDG(name string) bool {
	for _, d := range xdgDirs {
		if d.Name == name {
			return true
		}
	}
	return false
}

// xdg reports whether path begins with an XDG directory that nono knows, and
// names something in it.
func xdg(path string) bool {
	dir, _, beneath := strings.Cut(path[1:], "/")
	for _, d := range xdgDirs {
		if d.Name == dir {
			return beneath
		}
	}
	return false
}
