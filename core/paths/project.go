package paths

import (
	"path/filepath"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// InProject reports whether dir, to which the environment has moved what is the user's,
// lies in one project with the working directory: in a directory of the user that both
// are in, and that is neither the home nor above it. An earlier run may have been granted
// all of such a directory, and have made what is found there. None of them need exist.
func InProject(dir, work, home string) bool {
	if work == "" {
		return false
	}
	dir, work, home = existing(dir), existing(work), existing(home)
	for up := work; up != "/" && !spec.Within(home, up); up = spec.Parent(up) {
		if spec.Within(dir, up) {
			return up == work || writable(up)
		}
	}
	return false
}

// writable reports whether up can be the user's: /tmp and its like are everybody's, and
// what is directly beneath the root is the system's.
func writable(up string) bool {
	var st unix.Stat_t
	return unix.Stat(up, &st) == nil && st.Mode&unix.S_ISVTX == 0 && unix.Access(up, unix.W_OK) == nil && spec.Parent(up) != "/"
}

// existing resolves the symlinks of as much of path as exists.
func existing(path string) string {
	path = filepath.Clean(path)
	rest := ""
	for up := path; ; up = filepath.Dir(up) {
		if at, err := filepath.EvalSymlinks(up); err == nil {
			return filepath.Join(at, rest)
		}
		if up == "/" || up == "." {
			return path
		}
		rest = filepath.Join(filepath.Base(up), rest)
	}
}
