package supervise

import "golang.org/x/sys/unix"

// File takes a descriptor of what the caller has open under the number fd: the same
// open file description, so what is done to it is done to the caller's
// (pidfd_getfd(2)). The caller may put something else under its number at any time, so
// look at what File returned and act on that. It is to be closed.
func (c *Call) File(fd int32) (int, error) {
	if fd < 0 {
		return -1, unix.EBADF
	}
	p, err := c.Caller()
	if err != nil {
		return -1, err
	}
	pidfd, err := unix.PidfdOpen(p.TID(), unix.PIDFD_THREAD)
	if err == unix.EINVAL { // before Linux 6.9 there are only whole processes
		s, err1 := p.Status()
		if err1 != nil {
			return -1, err1
		}
		pidfd, err = unix.PidfdOpen(s.PID, 0)
	}
	if err != nil {
		return -1, unix.ESRCH
	}
	defer unix.Close(pidfd)
	if !c.Valid() {
		return -1, unix.ESRCH
	}
	return unix.PidfdGetfd(pidfd, int(fd), 0)
}
