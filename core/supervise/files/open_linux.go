package files

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// open opens or makes the file. again tells that what lies there is no longer what was
// decided about.
func (p *Plan) open() (fd int, again bool, errno unix.Errno) {
	at, flags := p.At, int(p.Attempt.Flags)
	// No terminal becomes this process's; and nothing opened here outlives an exec.
	ours := flags | unix.O_CLOEXEC | unix.O_NOCTTY
	mode := p.Attempt.Mode & 0o7777
	const unnamed = unix.O_TMPFILE &^ unix.O_DIRECTORY
	switch {
	case flags&unnamed != 0 && (flags&unix.O_TMPFILE != unix.O_TMPFILE || flags&unix.O_CREAT != 0 || flags&unix.O_ACCMODE == unix.O_RDONLY):
		return -1, false, unix.EINVAL
	case flags&unnamed != 0:
		if !at.Exists() {
			return -1, false, unix.ENOENT
		}
		if flags&unix.O_NOFOLLOW != 0 && at.Dir >= 0 {
			fd, err := unix.Openat(at.Dir, at.Base, ours, mode)
			return fd, false, number(err)
		}
		fd, err := unix.Openat(unix.AT_FDCWD, at.byItself(), ours, mode)
		return fd, false, number(err)
	case flags&(unix.O_CREAT|unix.O_DIRECTORY) == unix.O_CREAT|unix.O_DIRECTORY:
		return -1, false, unix.EINVAL
	case at.Exists():
		return p.openExisting(ours)
	case flags&unix.O_CREAT == 0:
		return -1, false, unix.ENOENT
	}
	fd, err := unix.Openat(at.Dir, at.Base, ours|unix.O_EXCL, mode)
	if err == unix.EEXIST && flags&unix.O_EXCL == 0 {
		return -1, true, 0
	}
	return fd, false, number(err)
}

// openExisting opens the very thing that lies at the place, and truncates it afterwards:
// O_TRUNC at the open would change whatever lies there by then.
func (p *Plan) openExisting(flags int) (fd int, again bool, errno unix.Errno) {
	at := p.At
	created := flags&unix.O_CREAT != 0
	switch {
	case created && flags&unix.O_EXCL != 0:
		return -1, false, unix.EEXIST
	case (created || flags&unix.O_TRUNC != 0) && at.Is(unix.S_IFDIR):
		return -1, false, unix.EISDIR
	case created && at.stickyForeign():
		return -1, false, unix.EACCES
	case at.Is(unix.S_IFLNK) && flags&unix.O_DIRECTORY != 0:
		return -1, false, unix.ENOTDIR
	case at.Is(unix.S_IFLNK):
		return -1, false, unix.ELOOP
	case at.Slash && !at.Is(unix.S_IFDIR), flags&unix.O_DIRECTORY != 0 && !at.Is(unix.S_IFDIR):
		return -1, false, unix.ENOTDIR
	}
	trunc := flags&unix.O_TRUNC != 0
	flags &^= unix.O_CREAT | unix.O_EXCL | unix.O_TRUNC
	if at.Is(unix.S_IFIFO) && flags&unix.O_NONBLOCK == 0 {
		return p.openFIFO(flags &^ unix.O_NOFOLLOW)
	}
	var err error
	if flags&unix.O_NOFOLLOW != 0 && at.Dir >= 0 {
		// The flag stays visible, so it has to be used.
		fd, err = unix.Openat(at.Dir, at.Base, flags, 0)
		if err == unix.ELOOP || err == unix.ENOENT || err == nil && !same(fd, at.Thing) {
			if err == nil {
				unix.Close(fd)
			}
			return -1, true, 0
		}
	} else {
		// The thing is held, so this opens it and nothing else.
		fd, err = unix.Openat(unix.AT_FDCWD, at.byItself(), flags, 0)
	}
	if err != nil {
		return -1, false, number(err)
	}
	if trunc && at.Is(unix.S_IFREG) {
		if errno := p.truncateThing(0); errno != 0 {
			unix.Close(fd)
			return -1, false, errno
		}
	}
	return fd, false, 0
}

// stickyForeign reports whether O_CREAT of an existing file has to be refused where the
// kernel is told to protect sticky directories (fs.protected_regular, fs.protected_fifos):
// the file belongs to somebody else, who could be waiting for what is written.
func (p *Place) stickyForeign() bool {
	if p.Dir < 0 {
		return false
	}
	var dir unix.Stat_t
	if unix.Fstat(p.Dir, &dir) != nil {
		return true
	}
	uid, _, _ := unix.RawSyscall(unix.SYS_SETFSUID, ^uintptr(0), 0, 0)
	if dir.Mode&unix.S_ISVTX == 0 || p.Stat.Uid == dir.Uid || p.Stat.Uid == uint32(uid) {
		return false
	}
	protected := 1 // of a symlink, a socket
	switch p.Stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		protected = setting("/proc/sys/fs/protected_regular")
	case unix.S_IFIFO:
		protected = setting("/proc/sys/fs/protected_fifos")
	}
	return protected > 0 && dir.Mode&0o002 != 0 || protected > 1 && dir.Mode&0o020 != 0
}

// setting reads a number that the administrator sets; 2 where it cannot be read.
func setting(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 2
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 2
	}
	return n
}

// openFIFO opens a FIFO for somebody who is ready to wait for the other end, without
// waiting in the kernel, where nobody could call this thread back.
func (p *Plan) openFIFO(flags int) (fd int, again bool, errno unix.Errno) {
	for {
		fd, err := unix.Openat(unix.AT_FDCWD, p.At.byItself(), flags|unix.O_NONBLOCK, 0)
		switch err {
		case nil:
			if flags&unix.O_ACCMODE == unix.O_RDONLY && !p.hasWriter(fd) {
				unix.Close(fd)
				return -1, false, unix.EINTR
			}
			// The flag is the open file's, which the caller gets.
			_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags&^(unix.O_ACCMODE|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY))
			return fd, false, number(err)
		case unix.ENXIO: // nobody reads
			if !p.call.Valid() {
				return -1, false, unix.EINTR
			}
			time.Sleep(10 * time.Millisecond)
		default:
			return -1, false, number(err)
		}
	}
}

// hasWriter waits until somebody has written to the FIFO, or has gone again. It reports
// false where the caller no longer waits.
func (p *Plan) hasWriter(fd int) bool {
	for p.call.Valid() {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 100)
		if n > 0 {
			return true
		}
		if err != nil && err != unix.EINTR {
			return false
		}
	}
	return false
}

// truncate is truncate(2).
func (p *Plan) truncate() unix.Errno {
	size := int64(p.call.Args[1])
	if size < 0 {
		return unix.EINVAL
	}
	return p.truncateThing(size)
}

func (p *Plan) truncateThing(size int64) unix.Errno {
	return number(unix.Truncate(p.At.byItself(), size))
}
