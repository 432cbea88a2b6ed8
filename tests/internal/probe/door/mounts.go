//go:build linux

package door

import (
	"os"
	"unsafe"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// mounts are the ways that change what names mean: mounts, namespaces, roots.
func mounts() map[string]attack {
	m := map[string]attack{
		"mount-tmpfs": func(w world) error {
			return private(func() error { return unix.Mount("none", w["in"], "tmpfs", 0, "") })
		},
		"mount-bind": func(w world) error { return private(func() error { return bind(w) }) },
		"mount-proc": func(w world) error {
			return private(func() error { return unix.Mount("proc", w["in"], "proc", 0, "") })
		},
		"mount-overlay":      func(w world) error { return private(func() error { return overlay(w) }) },
		"umount":             func(w world) error { return private(func() error { return unix.Unmount("/dev/shm", unix.MNT_DETACH) }) },
		"pivot-root":         func(w world) error { return unix.PivotRoot(w["in"], w["in"]) },
		"chroot":             func(w world) error { return unix.Chroot(w["out"]) },
		"fsopen":             func(w world) error { return try.Opened(unix.Fsopen("tmpfs", 0)) },
		"fspick":             func(w world) error { return try.Opened(unix.Fspick(unix.AT_FDCWD, "/dev/shm", 0)) },
		"open-tree":          func(w world) error { return try.Opened(unix.OpenTree(unix.AT_FDCWD, w["out"], 0)) },
		"open-tree-clone":    openTreeClone,
		"move-mount":         moveMount,
		"mount-setattr":      mountSetattr,
		"setns":              setns,
		"unshare-user":       func(w world) error { return unix.Unshare(unix.CLONE_NEWUSER) },
		"unshare-user-mount": userMount,
		"clone-user":         func(w world) error { return forked(unix.CLONE_NEWUSER) },
		"clone-parent":       cloneParent,
		"clone3-user":        clone3User,
		"fuse":               func(w world) error { return try.Open("/dev/fuse", unix.O_RDWR) },
		"loop":               func(w world) error { return try.Open("/dev/loop-control", unix.O_RDWR) },
		"disk":               func(w world) error { return try.Open(w["disk"], unix.O_RDONLY) },
	}
	for name, flag := range map[string]int{
		"mount": unix.CLONE_NEWNS, "net": unix.CLONE_NEWNET, "pid": unix.CLONE_NEWPID, "uts": unix.CLONE_NEWUTS,
		"ipc": unix.CLONE_NEWIPC, "cgroup": unix.CLONE_NEWCGROUP, "time": unix.CLONE_NEWTIME,
	} {
		m["unshare-"+name] = func(world) error { return unix.Unshare(flag) }
	}
	return m
}

// private gives the attempt, where it may, mounts that nobody else sees: the
// control must not change the machine.
func private(f func() error) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err == nil {
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			return err
		}
	} else if os.Getenv("NONO_SANDBOX") == "" {
		return err
	}
	return f()
}

func bind(w world) error {
	if err := unix.Mount(w["out"], w["in"], "", unix.MS_BIND, ""); err != nil {
		return err
	}
	return try.Open(w["in"]+"/secret", unix.O_RDONLY)
}

func overlay(w world) error {
	return unix.Mount("overlay", w["in"], "overlay", unix.MS_RDONLY, "lowerdir="+w["out"]+":"+w["ro"])
}

func openTreeClone(w world) error {
	return private(func() error { return try.Opened(unix.OpenTree(unix.AT_FDCWD, w["out"], unix.OPEN_TREE_CLONE)) })
}

func moveMount(w world) error {
	return private(func() error {
		tree, err := unix.OpenTree(unix.AT_FDCWD, w["out"], unix.OPEN_TREE_CLONE)
		if err != nil {
			// The call itself, without what it needs.
			return unix.MoveMount(unix.AT_FDCWD, w["out"], unix.AT_FDCWD, w["in"], 0)
		}
		return unix.MoveMount(tree, "", unix.AT_FDCWD, w["in"], unix.MOVE_MOUNT_F_EMPTY_PATH)
	})
}

func mountSetattr(world) error {
	return private(func() error {
		return unix.MountSetattr(unix.AT_FDCWD, "/dev/shm", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOEXEC})
	})
}

func setns(world) error {
	fd, err := unix.Open("/proc/self/ns/uts", unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return unix.Setns(fd, unix.CLONE_NEWUTS)
}

// userMount is the ordinary user's way to mounts.
func userMount(w world) error {
	return run("/proc/self/exe", "door", "child-user-mount", "in="+w["in"], "out="+w["out"])
}

// forked is clone(2) by hand with flags; the child ends at once. vfork keeps the
// parent waiting, so that the child may use its memory.
func forked(flags uintptr) error {
	pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, flags|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	return reap(pid, errno)
}

// cloneParent makes a child of the process outside that has started the command.
func cloneParent(world) error {
	pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, unix.CLONE_PARENT|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if err := reap(pid, errno); err != unix.ECHILD { // it is not this process's to wait for
		return err
	}
	return nil
}

func reap(pid uintptr, errno unix.Errno) error {
	if errno != 0 {
		return errno
	}
	if pid == 0 {
		for {
			unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	_, err := unix.Wait4(int(pid), nil, 0, nil)
	return err
}

func clone3User(world) error {
	args := [11]uint64{0: unix.CLONE_NEWUSER, 4: uint64(unix.SIGCHLD)}
	pid, _, errno := unix.RawSyscall(unix.SYS_CLONE3, addr(&args), unsafe.Sizeof(args), 0)
	return reap(pid, errno)
}
