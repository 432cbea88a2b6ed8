package paths

import "golang.org/x/sys/unix"

// SameInode reports whether n is, for the kernel, the very thing that path names,
// where both have the same number. Overlayfs shows the hard links of a file that
// it has not copied up as one file, and keeps them as several: a rule on one is
// none on the others.
func (n *Node) SameInode(path string) bool {
	if path == n.Path || n.IsDir() || n.Nlink < 2 || !n.OnOverlay() {
		return true
	}
	return sameInode(path, n.Path)
}

// OnOverlay reports whether n is on overlayfs.
func (n *Node) OnOverlay() bool {
	var st unix.Statfs_t
	return unix.Statfs(n.Path, &st) == nil && st.Type == unix.OVERLAYFS_SUPER_MAGIC
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
