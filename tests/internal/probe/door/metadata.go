//go:build linux

package door

import (
	"fmt"
	"os"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// metadata are the ways for which the kernel has no right yet, and watching.
func metadata() map[string]attack {
	secret := func(w world) string { return w["out"] + "/secret" }
	return map[string]attack{
		"stat":         func(w world) error { return unix.Stat(secret(w), &unix.Stat_t{}) },
		"access":       func(w world) error { return unix.Access(secret(w), unix.R_OK) },
		"readlink":     func(w world) error { _, err := unix.Readlink(w["out"]+"/link", make([]byte, 100)); return err },
		"statfs":       func(w world) error { return unix.Statfs(w["out"], &unix.Statfs_t{}) },
		"chdir":        func(w world) error { return unix.Chdir(w["out"]) },
		"chmod":        func(w world) error { return unix.Chmod(secret(w), 0o640) },
		"chown":        func(w world) error { return unix.Chown(secret(w), os.Getuid(), os.Getgid()) },
		"utimes":       func(w world) error { return unix.Utimes(secret(w), make([]unix.Timeval, 2)) },
		"xattr-set":    func(w world) error { return unix.Setxattr(secret(w), "user.door", []byte("x"), 0) },
		"xattr-list":   func(w world) error { _, err := unix.Listxattr(secret(w), make([]byte, 100)); return err },
		"fs-flags-ro":  fsFlags,
		"inotify":      inotify,
		"fanotify":     func(w world) error { return try.Opened(unix.FanotifyInit(unix.FAN_CLASS_NOTIF|unix.FAN_REPORT_FID, 0)) },
		"fanotify-all": func(w world) error { return try.Opened(unix.FanotifyInit(unix.FAN_CLASS_CONTENT, 0)) },
		"immutable":    immutable,
	}
}

// fsFlags sets a flag of a file that may be read only (FS_IOC_SETFLAGS).
func fsFlags(w world) error { return setFlags(w["ro"]+"/file", 0x40) } // FS_NODUMP_FL

func immutable(w world) error { return setFlags(w["in"]+"/frozen-"+w["run"], 0x20) } // FS_APPEND_FL

func setFlags(path string, flag int64) error {
	fd, err := unix.Open(path, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var flags int64
	if err := ioctl(fd, unix.FS_IOC_GETFLAGS, &flags); err != nil {
		return fmt.Errorf("get: %w", err)
	}
	set := flags | flag
	if err := ioctl(fd, unix.FS_IOC_SETFLAGS, &set); err != nil {
		return err
	}
	return ioctl(fd, unix.FS_IOC_SETFLAGS, &flags)
}

func inotify(w world) error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return err
	}
	_, err = unix.InotifyAddWatch(fd, w["out"], unix.IN_ALL_EVENTS)
	return err
}
