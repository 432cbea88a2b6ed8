package hosts

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// soonTime is how long a thread of its own waits for descriptors, in milliseconds, and
	// mostWaits how many threads do that.
	soonTime  = 5
	mostWaits = 16
	// longTime is how often descriptors are looked at where Go's poller cannot wait.
	longTime = 100 * time.Millisecond
)

// await waits until one of the descriptors is ready, or until a time, if that is not zero.
// For a little it waits in the kernel, on this thread: between programs that answer each
// other at once, to wake a second thread takes longer than the rest. What takes longer is
// left to Go's poller, so that a connection without traffic costs no thread.
//
// Which ones are ready stands in their Revents then. None may
// be, so that whoever has a descriptor tries it. Those with the number -1 count for nothing.
func (m *means) await(until time.Time, fds []unix.PollFd) error {
	if m.soon(fds) {
		return nil
	}
	if err := pollerWaits(until, fds); err == os.ErrDeadlineExceeded {
		return err
	} else if err != nil {
		time.Sleep(longTime) // no descriptor is free, and threads would be too many
	}
	if n, err := poll(fds, 0); n > 0 || err != nil {
		return err
	}
	if !until.IsZero() && time.Now().After(until) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// soon waits a little for descriptors. It returns false where none of them is ready by then,
// or too many threads wait already.
func (m *means) soon(fds []unix.PollFd) bool {
	defer m.waits.Add(-1)
	if m.waits.Add(1) > mostWaits {
		n, err := poll(fds, 0)
		return n > 0 || err != nil
	}
	n, err := poll(fds, soonTime)
	return n > 0 || err != nil
}

func poll(fds []unix.PollFd, milliseconds int) (int, error) {
	return undisturbed(func() (int, error) { return unix.Poll(fds, milliseconds) })
}

// pollerWaits has Go's poller wait for descriptors: for one of epoll(7) that stands for all
// of them, since the poller knows no more than one at a time. None of them stays in the
// poller, where each packet of a long transfer would wake a thread for nothing.
func pollerWaits(until time.Time, fds []unix.PollFd) error {
	all, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	for _, p := range fds {
		if p.Fd < 0 {
			continue
		}
		// The bits of poll(2) and of epoll(7) are the same.
		if err = unix.EpollCtl(all, unix.EPOLL_CTL_ADD, int(p.Fd), &unix.EpollEvent{Events: uint32(p.Events)}); err != nil {
			break
		}
	}
	if err == nil {
		err = unix.SetNonblock(all, true)
	}
	if err != nil {
		unix.Close(all)
		return err
	}
	f := os.NewFile(uintptr(all), "connections")
	defer f.Close()
	raw, err := f.SyscallConn()
	if err == nil {
		err = f.SetReadDeadline(until)
	}
	if err != nil {
		return err
	}
	return raw.Read(func(fd uintptr) bool {
		n, err := unix.EpollWait(int(fd), make([]unix.EpollEvent, 1), 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}
