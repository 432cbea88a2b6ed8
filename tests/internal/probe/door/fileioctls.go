//go:build linux

package door

import (
	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// fileIoctls are what file systems do for an ioctl on a directory, or a file, that
// is open for reading. On a file system that lacks the command the control says so;
// what the filter answers is the same on each. The argument is a null pointer.
func fileIoctls() map[string]attack {
	on := func(path string, command uintptr) attack {
		return func(w world) error {
			fd, err := unix.Open(w["ro"]+path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			return try.Call(unix.SYS_IOCTL, uintptr(fd), command, 0)
		}
	}
	return map[string]attack{
		"ioctl-subvolume-flags":   on("", 0x4008941a),      // BTRFS_IOC_SUBVOL_SETFLAGS
		"ioctl-subvolume-default": on("", 0x40089413),      // BTRFS_IOC_DEFAULT_SUBVOL
		"ioctl-received":          on("", 0xc0c89425),      // BTRFS_IOC_SET_RECEIVED_SUBVOL
		"ioctl-defragment":        on("/file", 0x50009402), // BTRFS_IOC_DEFRAG
		"ioctl-key-remove":        on("", 0xc0406618),      // FS_IOC_REMOVE_ENCRYPTION_KEY
		"ioctl-key-add":           on("", 0xc0506617),      // FS_IOC_ADD_ENCRYPTION_KEY
		"ioctl-policy":            on("", 0x800c6613),      // FS_IOC_SET_ENCRYPTION_POLICY
		"ioctl-verity":            on("/file", 0x40806685), // FS_IOC_ENABLE_VERITY
		"ioctl-generation":        on("/file", 0x40087602), // FS_IOC_SETVERSION
		"ioctl-migrate":           on("/file", 0x6609),     // EXT4_IOC_MIGRATE
		"ioctl-dedupe":            on("/file", 0xc0189436), // FIDEDUPERANGE
		"ioctl-pin":               on("/file", 0x4004f50d), // F2FS_IOC_SET_PIN_FILE
		"ioctl-smb":               on("/file", 0xc018cf07), // CIFS_QUERY_INFO
		"ioctl-shutdown":          on("", 0x8004587d),      // FS_IOC_SHUTDOWN
		"ioctl-flags":             on("/file", 0x80086601), // FS_IOC_GETFLAGS
		"ioctl-size":              on("/file", 0x541b),     // FIONREAD
	}
}
