package paths

import (
	"os"
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
		// A directory of another between the two does not end the search: whoever may
		// change the one above it renames it, and makes another of its name.
		if spec.Within(dir, up) && (up == work || changeable(up, uint32(os.Geteuid()))) {
			return true
		}
	}
	return false
}

// changeable reports whether a command of the user uid that was granted up could have made
// what is in it. The modes of what the user owns say nothing: no right of the kernel holds
// chmod, and an earlier run may have set a sticky bit, or taken the right to write. Where
// another owns the directory, the user's commands cannot change its modes; a sticky bit
// that root has set marks what is everybody's, such as /tmp.
//
// For root the owner says little, since root owns the whole system: what is directly
// beneath the root, such as /var and /srv, is the system's, and so are the two other
// directories that are everybody's. All else is root's own, such as /srv/x and /root/x,
// with a sticky bit or without.
func changeable(up string, uid uint32) bool {
	if uid == 0 && (spec.Parent(up) == "/" || up == "/var/tmp" || up == "/dev/shm") {
		return false
	}
	var st unix.Stat_t
	switch {
	case unix.Stat(up, &st) != nil:
		return false
	case st.Uid == uid:
		return true
	case st.Uid == 0 && st.Mode&unix.S_ISVTX != 0:
		return false
	}
	return st.Mode&0o002 != 0 || unix.Faccessat(unix.AT_FDCWD, up, unix.W_OK, unix.AT_EACCESS) == nil
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
