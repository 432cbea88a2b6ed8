//go:build linux

package try

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The ioctls of btrfs that act on a name in an open directory (linux/btrfs.h).
const (
	snapCreate   = 0x50009401
	subvolCreate = 0x5000940e
	snapDestroy  = 0x5000940f
)

var subvolumeOps = map[string]op{
	"subvolume":        func(a []string) error { return subvolume(subvolCreate, -1, a[0], a[1]) },
	"remove-subvolume": func(a []string) error { return subvolume(snapDestroy, -1, a[0], a[1]) },
	"snapshot": func(a []string) error {
		from, err := unix.Open(a[0], unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(from)
		return subvolume(snapCreate, from, a[1], a[2])
	},
}

func subvolume(command uintptr, from int, dir, name string) error {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	args := struct { // btrfs_ioctl_vol_args
		fd   int64
		name [4088]byte
	}{fd: int64(from)}
	copy(args.name[:], name)
	_, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), command, uintptr(unsafe.Pointer(&args)))
	if errno != 0 {
		return errno
	}
	return nil
}
