//go:build linux

package main

import (
	"golang.org/x/sys/unix"
)

var fileOps = map[string]op{
	"read": func(a []string) error { return read(a[0]) },
	"list": func(a []string) error { return list(a[0]) },
	"readlink": func(a []string) error {
		_, err := unix.Readlink(a[0], make([]byte, 256))
		return err
	},
	"write": func(a []string) error { return open(a[0], unix.O_WRONLY) },
	"open3": func(a []string) error { return open(a[0], 3) },

	"create":  func(a []string) error { return open(a[0], unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL) },
	"tmpfile": func(a []string) error { return open(a[0], unix.O_WRONLY|unix.O_TMPFILE) },

	"truncate":       func(a []string) error { return unix.Truncate(a[0], 0) },
	"ftruncate":      func(a []string) error { return ftruncate(a[0]) },
	"write-truncate": func(a []string) error { return open(a[0], unix.O_WRONLY|unix.O_TRUNC) },
	"read-truncate":  func(a []string) error { return open(a[0], unix.O_RDONLY|unix.O_TRUNC) },
	"3-truncate":     func(a []string) error { return open(a[0], 3|unix.O_TRUNC) },
	"2-truncate":     func(a []string) error { return openat2(a[0], unix.O_RDONLY|unix.O_TRUNC) },

	"mkdir":    func(a []string) error { return unix.Mkdir(a[0], 0o755) },
	"rmdir":    func(a []string) error { return unix.Rmdir(a[0]) },
	"unlink":   func(a []string) error { return unix.Unlink(a[0]) },
	"rename":   func(a []string) error { return unix.Rename(a[0], a[1]) },
	"exchange": func(a []string) error { return exchange(a[0], a[1]) },
	"link":     func(a []string) error { return unix.Link(a[0], a[1]) },
	"symlink":  func(a []string) error { return unix.Symlink(a[0], a[1]) },
	"mkfifo":   func(a []string) error { return unix.Mkfifo(a[0], 0o644) },
	"mksock":   func(a []string) error { return unix.Mknod(a[0], unix.S_IFSOCK|0o644, 0) },
	"mkchar":   func(a []string) error { return unix.Mknod(a[0], unix.S_IFCHR|0o644, 1<<8|3) },
	"mkblock":  func(a []string) error { return unix.Mknod(a[0], unix.S_IFBLK|0o644, 7<<8|250) },
	"mkreg":    func(a []string) error { return unix.Mknod(a[0], unix.S_IFREG|0o644, 0) },

	"pty-number": func(a []string) error { return ptyNumber(a[0]) },
}

func open(path string, flags int) error {
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0o644)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func openat2(path string, flags uint64) error {
	fd, err := unix.Openat2(unix.AT_FDCWD, path, &unix.OpenHow{Flags: flags | unix.O_CLOEXEC})
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func read(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Read(fd, make([]byte, 1))
	return err
}

func list(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Getdents(fd, make([]byte, 4096))
	return err
}

func ftruncate(path string) error {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Ftruncate(fd, 0)
}

func exchange(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}

// ptyNumber asks a pty master for its number: an ioctl that changes nothing.
func ptyNumber(path string) error {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
	return err
}
