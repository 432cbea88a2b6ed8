package query

import (
	"github.com/nono-sandbox/nono/core/carve"
	"golang.org/x/sys/unix"
)

// A node is one thing on disk at one path without symlinks.
type node struct {
	path   string
	parent *node // nil for /
	id     carve.ID
	mode   uint32
	uid    uint32
	nlink  uint32
	mount  uint64 // the mount it is on
	attrs  uint64 // STATX_ATTR_*
	target string // of a symlink
	// free tells that it has no path but a symlink in procfs, and so no rule.
	free bool
}

func (n *node) is(kind uint32) bool { return n.mode&unix.S_IFMT == kind }
func (n *node) dir() bool           { return n.is(unix.S_IFDIR) }
func (n *node) device() bool        { return n.is(unix.S_IFCHR) || n.is(unix.S_IFBLK) }
func (n *node) mountPoint() bool {
	return n.attrs&unix.STATX_ATTR_MOUNT_ROOT != 0 || n.parent != nil && n.parent.mount != n.mount
}

// disk asks about every path once: the questions of a batch share directories.
type disk struct {
	cwd  string
	euid int
	// inside tells that this process is in the sandbox that is asked about.
	inside bool
	nodes  map[string]*node
	errs   map[string]unix.Errno
	dirs   map[string]bool // of isDir
	// Linux's own protection of symlinks and hard links (proc_sys_fs(5)).
	protectSymlinks, protectHardlinks bool
	mounts                            *mounts // nil until they are asked for
}

func newDisk(cwd string) *disk {
	return &disk{cwd: cwd, euid: unix.Geteuid(), nodes: map[string]*node{}, errs: map[string]unix.Errno{}, dirs: map[string]bool{},
		protectSymlinks:  setting("/proc/sys/fs/protected_symlinks"),
		protectHardlinks: setting("/proc/sys/fs/protected_hardlinks")}
}

func setting(path string) bool {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return true // the stricter of the two, where it cannot be told
	}
	defer unix.Close(fd)
	var b [1]byte
	n, _ := unix.Read(fd, b[:])
	return n != 1 || b[0] != '0'
}

// look examines path, whose parent is up, without following it.
func (d *disk) look(up *node, path string) (*node, unix.Errno) {
	if n := d.nodes[path]; n != nil {
		return n, 0
	}
	if e, ok := d.errs[path]; ok {
		return nil, e
	}
	n, errno := d.examine(up, path)
	if errno != 0 {
		d.errs[path] = errno
		return nil, errno
	}
	d.nodes[path] = n
	return n, 0
}

func (d *disk) examine(up *node, path string) (*node, unix.Errno) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT,
		unix.STATX_BASIC_STATS|unix.STATX_MNT_ID, &st)
	if err != nil {
		return nil, number(err)
	}
	n := &node{path: path, parent: up, mode: uint32(st.Mode), uid: st.Uid, nlink: st.Nlink, mount: st.Mnt_id, attrs: st.Attributes,
		id: carve.ID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino}}
	if n.is(unix.S_IFLNK) {
		buf := make([]byte, unix.PathMax)
		size, err := unix.Readlink(path, buf)
		if err != nil {
			return nil, number(err)
		}
		n.target = string(buf[:size])
	}
	return n, 0
}

// number is err as an errno; what is none, which package unix does not return,
// counts as EIO.
func number(err error) unix.Errno {
	if e, ok := err.(unix.Errno); ok {
		return e
	}
	return unix.EIO
}

func (d *disk) root() (*node, unix.Errno) { return d.look(nil, "/") }

// access asks the kernel whether the file permissions of n let this user do
// what mode says (R_OK, W_OK, X_OK); it is not about Landlock.
func (d *disk) access(n *node, mode uint32) unix.Errno {
	flags := unix.AT_EACCESS | unix.AT_SYMLINK_NOFOLLOW
	if n.free {
		flags = unix.AT_EACCESS
	}
	err := unix.Faccessat2(unix.AT_FDCWD, n.path, mode, flags)
	if err != nil {
		return number(err)
	}
	return 0
}

// flags returns the flags of the mount that n is on (statfs(2)).
func (d *disk) flags(n *node) int64 {
	var st unix.Statfs_t
	if unix.Statfs(n.path, &st) != nil {
		return 0
	}
	return int64(st.Flags)
}

func (d *disk) readOnly(n *node) bool { return d.flags(n)&unix.ST_RDONLY != 0 }

// otherNames reports whether what one of the paths leads to may have another
// name: a hard link, or a file system that is mounted more than once.
func (d *disk) otherNames(paths ...string) bool {
	for _, path := range paths {
		for _, follow := range []bool{false, true} {
			p, _ := d.walk(path, follow)
			if p.node != nil && !p.node.dir() && p.node.nlink > 1 || p.up != nil && d.table().aliased(p.up) {
				return true
			}
			if p.node != nil && d.table().aliased(p.node) {
				return true
			}
		}
	}
	return false
}

// isDir reports whether path itself, which need not be free of symlinks on its
// way, is a directory.
func (d *disk) isDir(path string) bool {
	dir, known := d.dirs[path]
	if !known {
		var st unix.Stat_t
		dir = unix.Lstat(path, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
		d.dirs[path] = dir
	}
	return dir
}

func (d *disk) table() *mounts {
	if d.mounts == nil {
		d.mounts = readMounts()
	}
	return d.mounts
}

// busy reports whether n is, or lies under, a mount, so that its name stays.
func (d *disk) busy(n *node) bool { return n.mountPoint() || d.table().point(n) }

// mayFollow is the kernel's own check of the last symlink of a path: in a sticky
// directory that everybody can write, only its owner's or the directory's.
func (d *disk) mayFollow(link *node) bool {
	up := link.parent
	if !d.protectSymlinks || up == nil || up.mode&unix.S_ISVTX == 0 || up.mode&unix.S_IWOTH == 0 {
		return true
	}
	return int(link.uid) == d.euid || link.uid == up.uid
}
