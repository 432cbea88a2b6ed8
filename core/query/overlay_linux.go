package query

import "golang.org/x/sys/unix"

// reaches reports whether the rule, on a thing with n's number, is on n itself.
// Overlayfs shows the hard links of a file that it has not copied up as one file,
// and keeps them as several: a rule on one is none on the others.
func (g *given) reaches(n *node) bool {
	if g.path == n.path || n.dir() || n.nlink < 2 {
		return true
	}
	var st unix.Statfs_t
	if unix.Statfs(n.path, &st) != nil || st.Type != unix.OVERLAYFS_SUPER_MAGIC {
		return true
	}
	return sameInode(g.path, n.path)
}

// sameInode asks the kernel whether two names are of one thing in its memory: a
// second watch of that has the first one's number (inotify_add_watch(2)). What
// this user cannot read counts as another.
func sameInode(a, b string) bool {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	first, err := unix.InotifyAddWatch(fd, a, unix.IN_DELETE_SELF|unix.IN_DONT_FOLLOW)
	if err != nil {
		return false
	}
	second, err := unix.InotifyAddWatch(fd, b, unix.IN_DELETE_SELF|unix.IN_DONT_FOLLOW)
	return err == nil && first == second
}
