package learn

import (
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
)

// A Ground is what holds on the machine whatever the command does.
type Ground struct {
	// Home and Workdir are free of symlinks. Home is "" where there is none.
	Home, Workdir string
	// Homes are other people's, which are granted as little as the user's own.
	Homes []string
	// Temp are the private temporary directories, which every sandbox has its own of.
	Temp []string
	// Public are the places for everybody's temporary files.
	Public []string
	// Variables stand for the beginning of a path, the longest beginning first.
	Variables []Variable
	UID       string
	// Given returns what a sandbox gives at a path without any of the lines to be made.
	Given func(path string) carve.Rights
	// Open returns what may be granted at a path, and Closed what of that a grant of
	// the directory would reach beneath and must not. Why says what protects a path.
	Open, Closed func(path string) carve.Rights
	Why          func(path string) string
	// Command returns the name under which a program is blocked, or "".
	Command func(file string) string
	Exists  func(path string) bool
	// Caches are directories that are one thing to the person who owns them, though a
	// command touches single files in them.
	Caches []string
	// Profiles are those that the programs of the run may want, the likeliest first.
	Profiles []Candidate
	// Commands tells that blocked commands could be run.
	Commands bool
	// Rmdir tells that a profile which is used already lets directories be removed, and
	// Networked that an earlier run used the network.
	Rmdir, Networked bool
	// Hosts are those to which a profile that is used already limits the network.
	Hosts []spec.Host
}

// A Variable is one that profiles expand.
type Variable struct{ Name, Path string }

// A Candidate is a profile that comes with nono.
type Candidate struct {
	Name  string
	Gives func(path string) carve.Rights
	// Rmdir tells that it lets directories be removed.
	Rmdir bool
	// Certain has it used whether or not it gives anything that is needed.
	Certain bool
}

// bases are directories beneath a home in which every program has its own.
var bases = []string{".config", ".cache", ".local", ".local/share", ".local/state", ".local/lib", ".local/bin", "Library",
	"Library/Caches", "Library/Application Support", "Library/Preferences"}

// tooWide reports whether a grant of the directory would be of far more than one
// program's things, whoever may need it.
func (g *Ground) tooWide(dir string) bool {
	if strings.Count(dir, "/") < 2 || dir == "/" {
		return true
	}
	switch first, _, _ := strings.Cut(dir[1:], "/"); first {
	case "dev", "proc", "sys":
		return true
	case "var", "usr", "run", "home", "Users", "mnt", "media", "etc", "private":
		if strings.Count(dir, "/") < 3 {
			return true
		}
	}
	if slices.Contains(g.Public, dir) || spec.Within("/var/lib", dir) || spec.Within("/usr/local/lib", dir) {
		return true
	}
	if g.holdsHome(dir) {
		return true
	}
	for _, b := range bases {
		if g.Home != "" && dir == g.Home+"/"+b {
			return true
		}
	}
	for _, v := range g.Variables {
		if v.Name != "WORKDIR" && v.Path == dir {
			return true
		}
	}
	return false
}

// holdsHome reports whether dir is /, a home or above one.
func (g *Ground) holdsHome(dir string) bool {
	return dir == "/" || slices.ContainsFunc(append([]string{g.Home}, g.Homes...), func(home string) bool {
		return home != "" && home != "/" && spec.Within(home, dir)
	})
}

// mayGrant reports whether want may be granted on all of the directory.
func (g *Ground) mayGrant(dir string, want carve.Rights) bool {
	return !g.tooWide(dir) && g.Open(dir)&want == want && g.Closed(dir)&want == 0
}

// temporary reports whether a name looks as if a program made it up: the next run
// will make up another.
func temporary(name string) bool {
	digits, letters, upper, run := 0, 0, 0, 0
	longest := 0
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c >= '0' && c <= '9':
			digits++
			run++
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			run++
			letters++
		case c >= 'g' && c <= 'z':
			letters++
			run = 0
		case c >= 'G' && c <= 'Z':
			letters++
			upper++
			run = 0
		default:
			run = 0
		}
		longest = max(longest, run)
	}
	switch {
	case longest >= 8 && digits >= 2: // a digest, a UUID, a date
		return true
	case digits >= 5 && letters <= 3: // a process's number, a time
		return true
	}
	// mkstemp's and mktemp's: six or more behind a dot or a dash, of mixed kinds.
	at := strings.LastIndexAny(name, ".-_")
	if tail := name[at+1:]; at > 0 && len(tail) >= 6 && changing(tail) >= 3 {
		return true
	}
	stem, _, _ := strings.Cut(name, ".")
	return len(stem) >= 6 && changing(stem) >= 5
}

// changing counts the runs of small letters, of capitals and of digits in s: no word has
// many. It is 0 where there is anything else.
func changing(s string) int {
	kinds, last := 0, byte(0)
	for i := 0; i < len(s); i++ {
		kind := byte('o')
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			kind = '0'
		case c >= 'a' && c <= 'z':
			kind = 'a'
		case c >= 'A' && c <= 'Z':
			kind = 'A'
		}
		if kind == 'o' {
			return 0
		}
		if kind != last {
			kinds++
		}
		last = kind
	}
	return kinds
}
