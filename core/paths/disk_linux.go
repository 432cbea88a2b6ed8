package paths

import "golang.org/x/sys/unix"

// examine fills in what the kernel tells of n.
func (n *Node) examine() unix.Errno {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, n.Path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT,
		unix.STATX_BASIC_STATS|unix.STATX_MNT_ID, &st)
	if err != nil {
		return Errno(err)
	}
	n.Dev, n.Ino = unix.Mkdev(st.Dev_major, st.Dev_minor), st.Ino
	n.Mode, n.UID, n.Nlink = uint32(st.Mode), st.Uid, uint64(st.Nlink)
	n.Mount, n.Attrs = st.Mnt_id, st.Attributes
	return 0
}

// IsMountPoint reports whether n is the top of a mount.
func (n *Node) IsMountPoint() bool {
	return n.Attrs&unix.STATX_ATTR_MOUNT_ROOT != 0 || n.Parent != nil && n.Parent.Mount != n.Mount
}

// Access asks the kernel whether the file permissions of n let this user do what
// mode says (R_OK, W_OK, X_OK); Landlock plays no part (faccessat(2)).
func (d *Disk) Access(n *Node, mode uint32) unix.Errno {
	flags := unix.AT_EACCESS | unix.AT_SYMLINK_NOFOLLOW
	if n.Magic {
		flags = unix.AT_EACCESS
	}
	return Errno(unix.Faccessat2(unix.AT_FDCWD, n.Path, mode, flags))
}

// MountFlags returns the flags of the mount that n is on (statfs(2)).
func (n *Node) MountFlags() int64 {
	var st unix.Statfs_t
	if unix.Statfs(n.Path, &st) != nil {
		return 0
	}
	return int64(st.Flags)
}

// ReadOnly reports whether n is on a mount that is read-only.
func (n *Node) ReadOnly() bool { return n.MountFlags()&unix.ST_RDONLY != 0 }

// OtherNames reports whether what one of the paths leads to may have another
// name: a hard link, or a file system that is mounted more than once.
func (d *Disk) OtherNames(paths ...string) bool {
	for _, path := range paths {
		for _, follow := range []bool{false, true} {
			p, _ := d.Walk(path, follow)
			if p.Node != nil && !p.Node.IsDir() && p.Node.Nlink > 1 || p.Up != nil && d.table().aliased(p.Up) {
				return true
			}
			if p.Node != nil && d.table().aliased(p.Node) {
				return true
			}
		}
	}
	return false
}

func (d *Disk) table() *mounts {
	if d.mounts == nil {
		d.mounts = readMounts()
	}
	return d.mounts
}

// Busy reports whether n is, or lies under, a mount, so that its name stays.
func (d *Disk) Busy(n *Node) bool { return n.IsMountPoint() || d.table().point(n) }
