package caller

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	pidfdThread = unix.O_EXCL // PIDFD_THREAD, since Linux 6.9
	kcmpFiles   = 2           // KCMP_FILES (linux/kcmp.h)
)

// Descriptor returns a copy of the caller's descriptor fd: the same open file, which
// stays the same whatever the caller does with the number meanwhile. The caller of
// this function must close it. The error is unix.EBADF where fd is not open.
func (p *Process) Descriptor(fd int32) (int, error) {
	if fd < 0 {
		return -1, unix.EBADF
	}
	pidfd, err := p.pidfd()
	if err != nil {
		return -1, err
	}
	defer unix.Close(pidfd)
	if !p.valid() {
		return -1, unix.ESRCH
	}
	return unix.PidfdGetfd(pidfd, int(fd), 0)
}

// CloseOnExec reports whether the caller's descriptor fd is closed when a program is
// started.
func (p *Process) CloseOnExec(fd int32) bool {
	text, err := p.File("fdinfo/" + strconv.Itoa(int(fd)))
	if err != nil {
		return true
	}
	for line := range strings.Lines(string(text)) {
		if octal, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseUint(strings.TrimSpace(octal), 8, 64)
			return err != nil || flags&unix.O_CLOEXEC != 0
		}
	}
	return true
}

// pidfd opens a descriptor of the calling thread, whose table of descriptors counts: a
// thread may have one of its own (clone(2) without CLONE_FILES).
func (p *Process) pidfd() (int, error) {
	fd, err := unix.PidfdOpen(p.tid, pidfdThread)
	if err == nil {
		return fd, nil
	}
	s, err := p.Status()
	if err != nil {
		return -1, err
	}
	if s.PID != p.tid {
		same, _, errno := unix.RawSyscall6(unix.SYS_KCMP, uintptr(s.PID), uintptr(p.tid), kcmpFiles, 0, 0, 0)
		if errno != 0 || same != 0 {
			return -1, unix.EACCES
		}
	}
	return unix.PidfdOpen(s.PID, 0)
}

// Like reports whether the file system treats the caller as it treats this process: the
// same user, groups and capabilities. Where it does not, this process must not act in
// the caller's place, since it could do what the caller may not.
func (p *Process) Like() bool {
	s, err := p.Status()
	if err != nil {
		return false
	}
	if s.UID != unix.Geteuid() || s.GID != unix.Getegid() {
		return false
	}
	own, err := unix.Getgroups()
	if err != nil || len(own) != len(s.Groups) {
		return false
	}
	for _, g := range own {
		found := false
		for _, theirs := range s.Groups {
			found = found || g == theirs
		}
		if !found {
			return false
		}
	}
	// Root that has given up overriding file permissions is not as this root is.
	const fileCaps = 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_FOWNER | 1<<unix.CAP_CHOWN
	if unix.Geteuid() == 0 {
		return s.Caps&fileCaps == fileCaps
	}
	return s.Caps == 0
}
