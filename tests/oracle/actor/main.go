//go:build linux

// Command actor is what the oracle runs in a sandbox: it performs one operation
// a line of its standard input and answers each with the error's number, 0 for
// none. Nothing it does waits for anybody.
package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		path, err1 := strconv.Unquote(f[1])
		to, err2 := strconv.Unquote(f[2])
		if err1 != nil || err2 != nil {
			os.Exit(3)
		}
		errno := 0
		if err := act(f[0], path, to); err != nil {
			errno = int(err.(syscall.Errno))
		}
		os.Stdout.WriteString(strconv.Itoa(errno) + "\n")
	}
}

const openFlags = unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC

func act(op, path, to string) error {
	switch op {
	case "read":
		return open(path, unix.O_RDONLY)
	case "cat":
		return cat(path)
	case "list":
		return open(path, unix.O_RDONLY|unix.O_DIRECTORY)
	case "write":
		return open(path, unix.O_WRONLY)
	case "write-new":
		return open(path, unix.O_WRONLY|unix.O_CREAT)
	case "readwrite":
		return open(path, unix.O_RDWR)
	case "readwrite-new":
		return open(path, unix.O_RDWR|unix.O_CREAT)
	case "create":
		return open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL)
	case "execute":
		return execute(path)
	case "search":
		return search(path)
	case "delete":
		return unix.Unlink(path)
	case "rmdir":
		return unix.Rmdir(path)
	case "mkdir":
		return unix.Mkdir(path, 0o755)
	case "symlink":
		return unix.Symlink("nowhere", path)
	case "mkfifo":
		return unix.Mknod(path, unix.S_IFIFO|0o644, 0)
	case "mksock":
		return bind(path)
	case "mkdev":
		return unix.Mknod(path, unix.S_IFCHR|0o644, int(unix.Mkdev(1, 3)))
	case "truncate":
		var st unix.Stat_t
		unix.Stat(path, &st)
		return unix.Truncate(path, st.Size)
	case "metadata":
		var st unix.Stat_t
		unix.Stat(path, &st)
		return unix.Chmod(path, st.Mode&0o7777)
	case "rename-to":
		return unix.Rename(path, to)
	case "link-to":
		return unix.Link(path, to)
	case "ioctl":
		return ioctl(path)
	case "connect":
		return connect(path)
	}
	return unix.ENOTSUP
}

func open(path string, flags int) error {
	fd, err := unix.Open(path, flags|openFlags, 0o644)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

// cat reads a little, and no pipe: that might wait.
func cat(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|openFlags, 0)
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

func execute(path string) error {
	pid, err := syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
	if err == nil {
		var status syscall.WaitStatus
		syscall.Wait4(pid, &status, 0, nil)
	}
	return err
}

func ioctl(path string) error {
	fd, err := unix.Open(path, unix.O_RDONLY|openFlags, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.IoctlGetTermios(fd, unix.TCGETS)
	return err
}

// bind makes a socket there; by mknod(2) where the path is too long for an
// address, once there is a socket at all.
func bind(path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if len(path) > 107 || path == "" || path[0] == '@' {
		return unix.Mknod(path, unix.S_IFSOCK|0o644, 0)
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err == unix.EADDRINUSE {
		return unix.EEXIST
	}
	return err
}

func connect(path string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	// An address has 108 bytes at most.
	at, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(at)
	return unix.Connect(fd, &unix.SockaddrUnix{Name: "/proc/self/fd/" + strconv.Itoa(at)})
}
