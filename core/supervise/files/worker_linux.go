package files

import (
	"runtime"
	"slices"
	"strconv"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An identity is by what a file system judges a caller, besides its umask.
type identity struct {
	uid, gid int
	groups   []int
	caps     uint64
}

func (i *identity) key() string {
	b := make([]byte, 0, 64)
	for _, n := range [...]uint64{uint64(i.uid), uint64(i.gid), i.caps} {
		b = append(strconv.AppendUint(b, n, 36), ' ')
	}
	for _, g := range i.groups {
		b = append(strconv.AppendInt(b, int64(g), 36), ' ')
	}
	return string(b)
}

// A worker is a thread of its own that acts as somebody: the ids and capabilities of Linux
// are a thread's, and so is the umask once it is not shared (unshare(2), CLONE_FS).
type worker struct {
	jobs chan func()
}

// workers are the threads that wait for something to do, by whom they act as.
type workers struct {
	mu   sync.Mutex
	idle map[string][]*worker
}

// mostIdle is how many threads of one identity are kept waiting.
const mostIdle = 8

// as runs f as i, with that umask. The error is about becoming i.
func (t *workers) as(i identity, umask int, f func()) error {
	key := i.key()
	t.mu.Lock()
	var w *worker
	if n := len(t.idle[key]); n > 0 {
		w = t.idle[key][n-1]
		t.idle[key] = t.idle[key][:n-1]
	}
	t.mu.Unlock()
	if w == nil {
		var err error
		if w, err = start(i); err != nil {
			return err
		}
	}
	done := make(chan struct{})
	w.jobs <- func() {
		unix.Umask(umask)
		f()
		close(done)
	}
	<-done
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.idle[key]) < mostIdle {
		t.idle[key] = append(t.idle[key], w)
	} else {
		close(w.jobs)
	}
	return nil
}

// start makes a thread that is i for as long as it lives: it never becomes this process
// again, so nothing can be forgotten on the way back.
func start(i identity) (*worker, error) {
	w := &worker{jobs: make(chan func())}
	became := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		err := become(i)
		became <- err
		if err != nil {
			return
		}
		for job := range w.jobs {
			job()
		}
	}()
	return w, <-became
}

// become makes the calling thread i. It never has more than this process.
func become(i identity) error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	if own, err := unix.Getgroups(); err != nil || !sameGroups(own, i.groups) {
		list := make([]uint32, max(1, len(i.groups)))
		for n, g := range i.groups {
			list[n] = uint32(g)
		}
		// Not unix.Setgroups, which is about all threads.
		if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(i.groups)), uintptr(unsafe.Pointer(&list[0])), 0); errno != 0 {
			return errno
		}
	}
	const ask = ^uintptr(0) // an id that is none: the call then only tells
	unix.RawSyscall(unix.SYS_SETFSGID, uintptr(i.gid), 0, 0)
	unix.RawSyscall(unix.SYS_SETFSUID, uintptr(i.uid), 0, 0)
	gid, _, _ := unix.RawSyscall(unix.SYS_SETFSGID, ask, 0, 0)
	uid, _, _ := unix.RawSyscall(unix.SYS_SETFSUID, ask, 0, 0)
	if int(gid) != i.gid || int(uid) != i.uid {
		return unix.EPERM
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&header, &caps[0]); err != nil {
		return err
	}
	for n := range caps {
		caps[n].Permitted &= uint32(i.caps >> (32 * n))
		caps[n].Effective = caps[n].Permitted
		caps[n].Inheritable = 0
	}
	return unix.Capset(&header, &caps[0])
}

func sameGroups(a, b []int) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
