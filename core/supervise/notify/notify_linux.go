// Package notify is the supervisor's end of seccomp_unotify(2): it takes up the
// calls that the kernel holds, and answers them.
package notify

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The requests of linux/seccomp.h, the same on both architectures.
const (
	ioctlRecv     = 0xc0502100
	ioctlSend     = 0xc0182101
	ioctlValid    = 0x40082102
	ioctlAddFD    = 0x40182103
	ioctlSetFlags = 0x40082104

	flagContinue   = 1 << 0 // SECCOMP_USER_NOTIF_FLAG_CONTINUE
	flagAddFDSet   = 1 << 0 // SECCOMP_ADDFD_FLAG_SETFD
	flagAddFDSend  = 1 << 1 // SECCOMP_ADDFD_FLAG_SEND
	flagSyncWakeup = 1 << 0 // SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, since Linux 6.6
)

// A Request is one system call that the kernel holds: struct seccomp_notif. What
// stands in it is a copy that the caller cannot change; what an argument points to
// can change at any time.
type Request struct {
	ID    uint64
	TID   uint32 // the caller's thread, in this process's namespace of pids; 0 if not in it
	flags uint32
	// Number and Arch are the call's, and Args what stood in the registers.
	Number int32
	Arch   uint32
	IP     uint64
	Args   [6]uint64
}

// An Answer is what becomes of a held call; exactly one of Continue, Errno, Value
// FD and Instead makes it.
type Answer struct {
	value   int64
	errno   unix.Errno
	flags   uint32
	fd      int
	install bool
	number  int32 // where to install it; -1 for the next that is free
	cloexec bool
	own     bool // fd is the answer's
}

// Continue lets the kernel make the call, with its arguments as they are by then:
// it is right only where whatever the arguments may have become is judged by the
// kernel itself, by Landlock and by the filter that refuses.
func Continue() Answer { return Answer{flags: flagContinue} }

// Errno fails the call.
func Errno(e unix.Errno) Answer { return Answer{errno: e} }

// Value makes the call return v, without being made. v is not negative.
func Value(v int64) Answer { return Answer{value: v} }

// FD makes the call return a new descriptor of the file that fd is, which stays the
// answering side's to close.
func FD(fd int, cloexec bool) Answer {
	return Answer{fd: fd, install: true, number: -1, cloexec: cloexec}
}

// OwnFD is FD of a descriptor that becomes the answer's: it is closed before the caller
// goes on. A program that was written through it can be executed at once then, where
// another descriptor open for writing would be in the way (execve(2), ETXTBSY).
func OwnFD(fd int, cloexec bool) Answer {
	return Answer{fd: fd, install: true, number: -1, cloexec: cloexec, own: true}
}

// Instead puts the file that fd is in the place of the caller's descriptor number, and
// makes the call return 0, or, where e is not 0, fail with e. fd stays the answering side's
// to close.
func Instead(fd int, number int32, cloexec bool, e unix.Errno) Answer {
	return Answer{fd: fd, install: true, number: number, cloexec: cloexec, errno: e}
}

// Continues reports whether the kernel is to make the call.
func (a Answer) Continues() bool { return a.flags&flagContinue != 0 }

// Error returns what the call fails with, or 0.
func (a Answer) Error() unix.Errno { return a.errno }

// A Listener is where the calls arrive.
type Listener struct{ fd int }

// New takes over the descriptor fd, of a listener.
func New(fd int) *Listener {
	l := &Listener{fd}
	// Caller and supervisor take turns, so waking the other on the same processor
	// is quicker. A kernel that does not know this goes on as before.
	l.ioctl(ioctlSetFlags, flagSyncWakeup)
	return l
}

// Close closes the listener. Every call that is held or comes later fails with
// ENOSYS.
func (l *Listener) Close() error { return unix.Close(l.fd) }

// Receive waits for the next call. The error is unix.ENOENT where the caller is
// gone already, which is no reason to stop. For as long as none comes it takes no
// time at all. It is unix.EPIPE where no process is left that could call.
func (l *Listener) Receive(r *Request) error {
	*r = Request{} // the kernel wants it so
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(l.fd), ioctlRecv, uintptr(unsafe.Pointer(r)))
		if errno == unix.EINTR {
			continue
		}
		if errno == unix.ENOENT && l.abandoned() {
			return unix.EPIPE
		}
		if errno != 0 {
			return errno
		}
		return nil
	}
}

// abandoned reports whether no process is left under the filter. The kernel does not wait
// for a call then, and says ENOENT at once, again and again.
func (l *Listener) abandoned() bool {
	fds := []unix.PollFd{{Fd: int32(l.fd)}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 1 && fds[0].Revents&unix.POLLHUP != 0
}

// Valid reports whether the caller of r still waits for this very call. What was
// read of the caller's memory, or found under its number, before Valid said yes was
// the caller's own; after that the number may be another's.
func (l *Listener) Valid(r *Request) bool {
	// A signal, as Go sends to preempt, makes the kernel give up waiting for its lock, which
	// says nothing about the caller (kernel/seccomp.c, seccomp_notify_id_valid).
	return l.ioctlPointer(ioctlValid, unsafe.Pointer(&r.ID)) == nil
}

// Send answers r. The error is unix.ENOENT if the caller no longer waits.
func (l *Listener) Send(r *Request, a Answer) error {
	if a.install {
		if a.own {
			return l.sendOwnFD(r, a)
		}
		return l.sendFD(r, a)
	}
	response := struct {
		id    uint64
		value int64
		errno int32
		flags uint32
	}{r.ID, a.value, -int32(a.errno), a.flags}
	return l.ioctlPointer(ioctlSend, unsafe.Pointer(&response))
}

// sendFD installs the descriptor and, where the number is the kernel's to choose, answers
// with the number in one step, so that
// a caller who is gone meanwhile does not keep a descriptor that it never heard of.
func (l *Listener) sendFD(r *Request, a Answer) error {
	request := struct {
		id           uint64
		flags, srcfd uint32
		newfd, how   uint32
	}{id: r.ID, flags: flagAddFDSend, srcfd: uint32(a.fd)}
	if a.cloexec {
		request.how = unix.O_CLOEXEC
	}
	if a.number >= 0 {
		request.flags, request.newfd = flagAddFDSet, uint32(a.number)
	}
	err := l.undisturbed(ioctlAddFD, unsafe.Pointer(&request))
	if err == nil && a.number >= 0 {
		return l.Send(r, Answer{errno: a.errno})
	}
	if err == nil || err == unix.ENOENT {
		return err
	}
	// The caller may have no number left (EMFILE). Linux 5.13 knows no such step,
	// and there the call fails: EINVAL is not what the caller did wrong.
	errno, _ := err.(unix.Errno)
	if errno == unix.EINVAL {
		errno = unix.ENOSYS
	}
	return l.Send(r, Errno(errno))
}

// sendOwnFD installs the descriptor, closes its own, and answers with the number. A caller
// that is gone meanwhile needs no answer; since Linux 5.19 only a fatal signal takes it away
// in between.
func (l *Listener) sendOwnFD(r *Request, a Answer) error {
	request := struct {
		id           uint64
		flags, srcfd uint32
		newfd, how   uint32
	}{id: r.ID, srcfd: uint32(a.fd)}
	if a.cloexec {
		request.how = unix.O_CLOEXEC
	}
	var n uintptr
	errno := unix.EINTR
	for errno == unix.EINTR { // before the descriptor was installed
		n, _, errno = unix.Syscall(unix.SYS_IOCTL, uintptr(l.fd), ioctlAddFD, uintptr(unsafe.Pointer(&request)))
	}
	unix.Close(a.fd)
	switch errno {
	case 0:
		return l.Send(r, Value(int64(n)))
	case unix.ENOENT:
		return errno
	}
	return l.Send(r, Errno(errno))
}

// undisturbed makes an ioctl with all signals held back. The kernel takes the answer of
// ADDFD with SEND before it waits for the caller to install the descriptor; a signal to
// the waiting thread, as Go sends to preempt, would take the descriptor back and leave the
// answer, which is 0 then: the caller would take its standard input for what it opened
// (kernel/seccomp.c, seccomp_notify_addfd).
func (l *Listener) undisturbed(request uintptr, p unsafe.Pointer) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all, old := ^uint64(0), uint64(0)
	const size = unsafe.Sizeof(all)
	if _, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&all)), uintptr(unsafe.Pointer(&old)), size, 0, 0); errno != 0 {
		return errno
	}
	err := l.ioctlPointer(request, p)
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&old)), 0, size, 0, 0)
	return err
}

func (l *Listener) ioctl(request, value uintptr) error {
	_, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(l.fd), request, value)
	if errno != 0 {
		return errno
	}
	return nil
}

func (l *Listener) ioctlPointer(request uintptr, p unsafe.Pointer) error {
	for {
		_, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(l.fd), request, uintptr(p))
		runtime.KeepAlive(p)
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
			continue // the caller has not had it
		}
		return errno
	}
}
