//go:build !linux

package paths

import "golang.org/x/sys/unix"

// mounts is not read here.
type mounts struct{}

// examine fills in what the kernel tells of n.
func (n *Node) examine() unix.Errno {
	var st unix.Stat_t
	if err := unix.Lstat(n.Path, &st); err != nil {
		return Errno(err)
	}
	n.Dev, n.Ino = uint64(st.Dev), st.Ino
	n.Mode, n.UID, n.Nlink = uint32(st.Mode), st.Uid, uint64(st.Nlink)
	if !n.Is(unix.S_IFLNK) {
		n.Path = spelled(n.Path)
	}
	return 0
}

// Access asks the kernel whether the file permissions of n let this user do what
// mode says (R_OK, W_OK, X_OK).
func (d *Disk) Access(n *Node, mode uint32) unix.Errno {
	return Errno(unix.Faccessat(unix.AT_FDCWD, n.Path, mode, 0))
}

// throughProcfs does nothing: there is no procfs that nono knows.
func (w *walker) throughProcfs(*Node) (*Node, unix.Errno) { return nil, 0 }
