package mountinfo

import "golang.org/x/sys/unix"

// genuine reports whether fd is open on a file of procfs (statfs(2)).
func genuine(fd int) bool {
	var fs unix.Statfs_t
	return unix.Fstatfs(fd, &fs) == nil && uint32(fs.Type) == unix.PROC_SUPER_MAGIC
}
