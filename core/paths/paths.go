// Package paths follows paths as the kernel does: symlinks, "..", mounts and the
// links of procfs that lead to what is open. It only looks.
//
// A Disk answers about each step on the way, with the errno where the way ends: it
// is for verdicts. A Resolver answers where a path leads, as far as it exists: it is
// for policies, which are made at every start, and goes the short way where it can.
package paths

import "golang.org/x/sys/unix"

// Shm is where the C library keeps POSIX shared memory and named semaphores
// (shm_overview(7)).
const Shm = "/dev/shm"

// A Node is one file, directory or other thing at one path without symlinks.
type Node struct {
	Path     string
	Parent   *Node // nil for /
	Dev, Ino uint64
	Mode     uint32 // as in stat(2)
	UID      uint32
	Nlink    uint64
	Mount    uint64 // the number of the mount it is on; 0 where the system tells none
	Attrs    uint64 // STATX_ATTR_* of statx(2)
	Target   string // of a symlink
	// Magic tells that it is reached only by a symlink of procfs to something
	// that has no path: a pipe, a socket, a namespace.
	Magic bool
}

// Is reports whether n's file type is kind, one of unix.S_IFREG and so on.
func (n *Node) Is(kind uint32) bool { return n.Mode&unix.S_IFMT == kind }

// IsDir reports whether n is a directory.
func (n *Node) IsDir() bool { return n.Is(unix.S_IFDIR) }

// IsDevice reports whether n is a device node.
func (n *Node) IsDevice() bool { return n.Is(unix.S_IFCHR) || n.Is(unix.S_IFBLK) }

// A Disk looks at every path once, and remembers what it saw: the questions of a
// batch share directories. It is not safe for concurrent use.
type Disk struct {
	// Dir is the working directory, which relative paths begin at.
	Dir string
	// Inside tells that this process is in the sandbox that is asked about.
	Inside bool

	// EUID is the user who walks, by file permissions.
	EUID int

	// names tells that only names and links matter: no permissions of who walks,
	// no links of procfs that lead elsewhere than their text says, and no bound on
	// the length of a path that is longer than where it leads.
	names bool
	nodes map[string]*Node
	errs  map[string]unix.Errno
	dirs  map[string]bool // of DirAt
	// Linux's own protection of symlinks (proc_sys_fs(5)).
	protectSymlinks bool
	mounts          *mounts // nil until they are asked for
}

// NewDisk returns a Disk for this process's user, whose working directory is dir.
func NewDisk(dir string) *Disk {
	d := newDisk()
	d.Dir, d.EUID, d.protectSymlinks = dir, unix.Geteuid(), Setting("/proc/sys/fs/protected_symlinks")
	return d
}

func newDisk() *Disk {
	return &Disk{nodes: make(map[string]*Node, 64), errs: map[string]unix.Errno{}, dirs: map[string]bool{}}
}

// Setting reports whether a setting of the kernel, a file of one digit, is on. One
// that cannot be read counts as on: that is the stricter of the two.
func Setting(path string) bool {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	var b [1]byte
	n, _ := unix.Read(fd, b[:])
	return n != 1 || b[0] != '0'
}

// pathMax is the longest path that a system call takes, with its NUL byte.
const pathMax = 4096

// Root returns the node of /.
func (d *Disk) Root() (*Node, unix.Errno) { return d.look(nil, "/") }

// look examines path, whose parent is up, without following it.
func (d *Disk) look(up *Node, path string) (*Node, unix.Errno) {
	if n := d.nodes[path]; n != nil {
		return n, 0
	}
	if e, ok := d.errs[path]; ok {
		return nil, e
	}
	n := &Node{Path: path, Parent: up}
	errno := n.examine()
	if errno == 0 && n.Is(unix.S_IFLNK) {
		n.Target, errno = Readlink(path)
	}
	if errno != 0 {
		d.errs[path] = errno
		return nil, errno
	}
	d.nodes[path] = n
	return n, 0
}

// Readlink returns what the symlink at path says.
func Readlink(path string) (string, unix.Errno) {
	buf := make([]byte, pathMax)
	n, err := unix.Readlink(path, buf)
	if err != nil {
		return "", Errno(err)
	}
	return string(buf[:n]), 0
}

// Errno is err as an errno; what is none, which package unix does not return,
// counts as EIO.
func Errno(err error) unix.Errno {
	switch e, ok := err.(unix.Errno); {
	case err == nil:
		return 0
	case ok:
		return e
	}
	return unix.EIO
}

// DirAt reports whether path itself, which need not be free of symlinks on its
// way, is a directory.
func (d *Disk) DirAt(path string) bool {
	dir, known := d.dirs[path]
	if !known {
		var st unix.Stat_t
		dir = unix.Lstat(path, &st) == nil && uint32(st.Mode)&unix.S_IFMT == unix.S_IFDIR
		d.dirs[path] = dir
	}
	return dir
}

// mayFollow is the kernel's own check of the last symlink of a path: in a sticky
// directory that everybody can write, only its owner's or the directory's.
func (d *Disk) mayFollow(link *Node) bool {
	up := link.Parent
	if !d.protectSymlinks || up == nil || up.Mode&unix.S_ISVTX == 0 || up.Mode&unix.S_IWOTH == 0 {
		return true
	}
	return int(link.UID) == d.EUID || link.UID == up.UID
}
