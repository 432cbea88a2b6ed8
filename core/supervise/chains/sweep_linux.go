package chains

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// poolPrefix begins the name of a pool in a chain directory; the process's number follows.
const poolPrefix = ".nono-names-"

// sweep removes from a chain directory the pools that killed supervisors of this user left
// there and that are older than age. What holds data, or was not made by Prepare, stays: a
// command may have put it there.
func sweep(path string, age time.Duration) {
	dir, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(dir)
	names, err := list(dir)
	if err != nil {
		return
	}
	for _, name := range names {
		number, ok := strings.CutPrefix(name, poolPrefix)
		if pid, err := strconv.Atoi(number); ok && err == nil && pid > 0 && unix.Kill(pid, 0) == unix.ESRCH {
			sweepPool(dir, name, age)
		}
	}
}

// sweepPool removes one pool, whose process is not there. A process of another PID
// namespace may have the pool all the same: it has locked it (see openPool), or is about to.
func sweepPool(dir int, name string, age time.Duration) {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || int(st.Uid) != os.Geteuid() || st.Mode&0o7777 != 0o700 || time.Since(time.Unix(st.Ctim.Unix())) < age {
		return
	}
	if unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) != nil {
		return
	}
	names, err := list(fd)
	if err != nil {
		return
	}
	for _, n := range names {
		if n == "" || !strings.Contains("fdp", n[:1]) || strings.Trim(n[1:], "0123456789") != "" || unix.Fstatat(fd, n, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
			continue
		}
		switch kind := st.Mode & unix.S_IFMT; {
		case kind == unix.S_IFDIR:
			unix.Unlinkat(fd, n, unix.AT_REMOVEDIR) // which fails if something is in it
		case kind == unix.S_IFREG && st.Size == 0, kind == unix.S_IFIFO:
			unix.Unlinkat(fd, n, 0)
		}
	}
	unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
}
