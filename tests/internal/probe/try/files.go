//go:build linux

package try

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// fileOps take a path, and a second one where something gets another name.
var fileOps = map[string]op{
	// An open: whether it succeeds. What is opened is neither read nor written.
	"open":          func(a []string) error { return Open(a[0], unix.O_RDONLY) },
	"open3":         func(a []string) error { return Open(a[0], 3) },
	"write":         func(a []string) error { return Open(a[0], unix.O_WRONLY) },
	"write-new":     func(a []string) error { return Open(a[0], unix.O_WRONLY|unix.O_CREAT) },
	"readwrite":     func(a []string) error { return Open(a[0], unix.O_RDWR) },
	"readwrite-new": func(a []string) error { return Open(a[0], unix.O_RDWR|unix.O_CREAT) },
	"append":        func(a []string) error { return Open(a[0], unix.O_WRONLY|unix.O_APPEND) },
	"create":        func(a []string) error { return Open(a[0], unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL) },
	"tmpfile":       func(a []string) error { return Open(a[0], unix.O_WRONLY|unix.O_TMPFILE) },

	"read": func(a []string) error { return read(a[0]) },
	"cat":  func(a []string) error { return cat(a[0]) },
	"list": func(a []string) error { return list(a[0]) },
	// holds PATH TEXT: whether the file can be read, and has the text in it
	"holds":        func(a []string) error { return holds(unix.AT_FDCWD, a[0], a[1]) },
	"holds-openat": func(a []string) error { return holdsFromPlace(a[0], a[1]) },
	"readlink": func(a []string) error {
		_, err := unix.Readlink(a[0], make([]byte, 256))
		return err
	},
	"search": func(a []string) error { return search(a[0]) },

	"truncate":       func(a []string) error { return unix.Truncate(a[0], 0) },
	"truncate-same":  func(a []string) error { return unix.Truncate(a[0], stat(a[0]).Size) },
	"ftruncate":      func(a []string) error { return ftruncate(a[0]) },
	"write-truncate": func(a []string) error { return Open(a[0], unix.O_WRONLY|unix.O_TRUNC) },
	"read-truncate":  func(a []string) error { return Open(a[0], unix.O_RDONLY|unix.O_TRUNC) },
	"3-truncate":     func(a []string) error { return Open(a[0], 3|unix.O_TRUNC) },
	"2-truncate":     func(a []string) error { return openat2(a[0], unix.O_RDONLY|unix.O_TRUNC) },
	"chmod-same":     func(a []string) error { return unix.Chmod(a[0], stat(a[0]).Mode&0o7777) },

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

	// An ioctl that changes nothing: of a terminal, and of a pty master.
	"terminal":   func(a []string) error { return terminal(a[0]) },
	"pty-number": func(a []string) error { return ptyNumber(a[0]) },
}

// stat returns zeros for what is not there.
func stat(path string) (st unix.Stat_t) {
	unix.Stat(path, &st)
	return st
}

func openat2(path string, flags uint64) error {
	return Opened(unix.Openat2(unix.AT_FDCWD, path, &unix.OpenHow{Flags: flags | unix.O_CLOEXEC}))
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

func terminal(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.IoctlGetTermios(fd, unix.TCGETS)
	return err
}

// cat reads a little of a regular file; of others it only opens them, since
// reading might wait.
func cat(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return err
	}
	_, err = unix.Read(fd, make([]byte, 16))
	return err
}

func holds(dir int, path, text string) error {
	fd, err := unix.Openat(dir, path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	buf := make([]byte, len(text)+1)
	n, err := unix.Read(fd, buf)
	if err == nil && string(buf[:n]) != text {
		return Text("it has other text in it")
	}
	return err
}

// holdsFromPlace opens the file from its directory, which is open as a place only.
func holdsFromPlace(path, text string) error {
	parent, name := filepath.Split(path)
	dir, err := unix.Open(parent, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	return holds(dir, name, text)
}

// search enters a directory and comes back.
func search(path string) error {
	here, err := unix.Open(".", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(here)
	if err := unix.Chdir(path); err != nil {
		return err
	}
	return unix.Fchdir(here)
}
