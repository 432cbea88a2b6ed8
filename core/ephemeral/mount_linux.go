package ephemeral

import (
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nono-sandbox/nono/core/fault"
)

// Mount lays the run's layers over the originals. It must be called by a process in a
// mount namespace of its own, with CAP_SYS_ADMIN in the user namespace that owns the
// mount namespace. The process's working directory must be entered again afterwards:
// it is still the original's.
//
// Where a file system cannot be the lower or the upper layer, as the kernel says or as
// the kernel's read-only mount shows, Mount fails, and nothing should be started.
func (r *Run) Mount() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return &fault.Error{Do: "detach the mounts from the system's", Err: err}
	}
	for i, t := range r.Trees {
		mount := r.overlay
		if t.File {
			mount = r.bind
		}
		if err := mount(i); err != nil {
			return &fault.Error{Do: "keep apart the changes in", Path: t.Path, Err: err,
				Hint: "leave out --ephemeral, or set XDG_STATE_HOME to a directory on a file system such as ext4, xfs or btrfs"}
		}
	}
	return nil
}

// overlay mounts by descriptors: a path in the mount's options would have to be
// escaped, and could lead elsewhere meanwhile.
func (r *Run) overlay(i int) error {
	var fds [3]int
	// A grant's path was free of symlinks when the policy was made, and must be so still.
	resolve := [3]uint64{unix.RESOLVE_NO_SYMLINKS}
	for j, path := range [...]string{r.Trees[i].Path, r.upper(i), r.Work(i)} {
		fd, err := openat2(unix.AT_FDCWD, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: resolve[j]})
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		fds[j] = fd
	}
	options := "lowerdir=" + procFD(fds[0]) + ",upperdir=" + procFD(fds[1]) + ",workdir=" + procFD(fds[2])
	if inUserNamespace() {
		options += ",userxattr"
	}
	if err := unix.Mount("overlay", procFD(fds[0]), "overlay", unix.MS_NODEV|unix.MS_NOSUID, options); err != nil {
		return err
	}
	var st unix.Statfs_t
	if err := unix.Statfs(r.Trees[i].Path, &st); err != nil {
		return err
	}
	if st.Type != unix.OVERLAYFS_SUPER_MAGIC || st.Flags&unix.ST_RDONLY != 0 {
		return fault.Text("the file system of the store cannot hold the changes")
	}
	return nil
}

func (r *Run) bind(i int) error {
	from, err := unix.Open(r.upper(i), unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(from)
	to, err := unix.Open(r.Trees[i].Path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(to)
	return unix.Mount(procFD(from), procFD(to), "", unix.MS_BIND, "")
}

// inUserNamespace reports whether this process is in another user namespace than the
// system's first: there the map of user ids is not the whole one (user_namespaces(7)).
func inUserNamespace() bool {
	fd, err := unix.Open("/proc/self/uid_map", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	b := make([]byte, 256)
	n, err := unix.Read(fd, b)
	if err != nil {
		return true
	}
	fields := strings.Fields(string(b[:n]))
	return len(fields) != 3 || fields[0] != "0" || fields[1] != "0" || fields[2] != strconv.FormatUint(1<<32-1, 10)
}

// Overlapping says why the trees cannot be kept apart by a store in dir, or "": the
// kernel takes no upper layer within its lower layer.
func Overlapping(trees []Tree, dir string) string {
	for _, t := range trees {
		if rel, err := filepath.Rel(t.Path, dir); !t.File && err == nil && filepath.IsLocal(rel) {
			return t.Path
		}
	}
	return ""
}
