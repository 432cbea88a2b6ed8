package site

import "golang.org/x/sys/unix"

// Dir is where all of it is, PolicyDir and ProfileDir the directories of the policies and
// of the profiles.
const (
	Dir        = "/etc/nono"
	PolicyDir  = "/etc/nono/policy.d"
	ProfileDir = "/etc/nono/profiles"
)

// walk opens a directory that need not be readable.
const walk = unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC

// missing reports whether nothing is at path. It is the one call that a machine
// without policies costs. A symlink on the way, one that leads nowhere too, is
// something.
func missing(path string) bool {
	fd, err := unix.Openat2(unix.AT_FDCWD, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS})
	if err == nil {
		unix.Close(fd)
	}
	return err == unix.ENOENT
}
