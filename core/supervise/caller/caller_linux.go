// Package caller looks at the process whose system call is held: its memory, its
// descriptors, where it is and who it is.
//
// A caller may die, and its number be given to another process, at any time.
// So the files of /proc are those of one descriptor, of /proc/TID, which names the one
// task for ever; what is found by number, that descriptor too, is to be believed only if
// the call is still valid afterwards.
package caller

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"
)

// A Process is the caller of one call, which is one thread. It is to be closed.
type Process struct {
	tid  int
	proc int // /proc/TID, with O_PATH; -1 until it is needed
	// valid reports whether the call is still held.
	valid func() bool
}

// Open returns the process whose thread is tid, as long as valid says that its call
// is held: nothing is looked at before it is used, and valid is asked after each look.
// The error, here or later, is unix.ESRCH where the caller is gone, or is not to be seen
// from here.
func Open(tid uint32, valid func() bool) (*Process, error) {
	if tid == 0 {
		return nil, unix.ESRCH
	}
	return &Process{tid: int(tid), proc: -1, valid: valid}, nil
}

// dir returns the descriptor of /proc/TID.
func (p *Process) dir() (int, error) {
	if p.proc >= 0 {
		return p.proc, nil
	}
	proc, err := unix.Open("/proc/"+strconv.Itoa(p.tid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, unix.ESRCH
	}
	if !p.valid() { // the number may be another's
		unix.Close(proc)
		return -1, unix.ESRCH
	}
	p.proc = proc
	return proc, nil
}

// Close lets go of the process.
func (p *Process) Close() {
	if p.proc >= 0 {
		unix.Close(p.proc)
	}
}

// TID is the number of the calling thread.
func (p *Process) TID() int { return p.tid }

// Read copies the caller's memory at addr into all of buf. The error is
// unix.EFAULT where that is not all readable, and unix.ESRCH if the caller is gone.
func (p *Process) Read(addr uint64, buf []byte) error {
	n, err := p.read(addr, buf)
	if err == nil && n < len(buf) {
		return unix.EFAULT
	}
	return err
}

// read copies as much as there is.
func (p *Process) read(addr uint64, buf []byte) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	local := []unix.Iovec{{Base: &buf[0]}}
	local[0].SetLen(len(buf))
	n, err := unix.ProcessVMReadv(p.tid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(buf)}}, 0)
	if !p.valid() {
		return 0, unix.ESRCH
	}
	return n, err
}

// page is the least size of one, so that no read goes over more than one border.
const page = 4096

// String copies the text at addr, which ends with a NUL byte and is shorter than
// most bytes; ENAMETOOLONG is the error where it is not.
func (p *Process) String(addr uint64, most int) (string, error) {
	var text []byte
	var buf [page]byte
	for len(text) < most {
		// Up to the border of a page: beyond it, nothing need be mapped.
		n, err := p.read(addr, buf[:page-addr%page])
		if err != nil {
			return "", err
		}
		if n == 0 {
			return "", unix.EFAULT
		}
		if end := bytes.IndexByte(buf[:n], 0); end >= 0 {
			text = append(text, buf[:end]...)
			break
		}
		text = append(text, buf[:n]...)
		addr += uint64(n)
	}
	if len(text) >= most {
		return "", unix.ENAMETOOLONG
	}
	return string(text), nil
}

// Path copies the path at addr as the kernel does: at most 4095 bytes.
func (p *Process) Path(addr uint64) (string, error) { return p.String(addr, unix.PathMax) }

// Dir opens, with O_PATH, what a path that is relative to the caller's descriptor
// dirfd begins at: AT_FDCWD is its working directory. The caller must close it.
func (p *Process) Dir(dirfd int32) (int, error) {
	if dirfd == unix.AT_FDCWD {
		return p.open("cwd")
	}
	if dirfd < 0 {
		return -1, unix.EBADF
	}
	fd, err := p.open("fd/" + strconv.Itoa(int(dirfd)))
	if err == unix.ENOENT {
		err = unix.EBADF
	}
	return fd, err
}

// Root opens the caller's root directory, with O_PATH. The caller must close it.
func (p *Process) Root() (int, error) { return p.open("root") }

// open follows one of the links of /proc/TID that lead to things by themselves.
func (p *Process) open(name string) (int, error) {
	proc, err := p.dir()
	if err != nil {
		return -1, err
	}
	return unix.Openat(proc, name, unix.O_PATH|unix.O_CLOEXEC, 0)
}

// Link reads where a link of /proc/TID leads: "cwd", "exe", "root", "fd/3". It is
// for people: the text need not be a path.
func (p *Process) Link(name string) string {
	proc, err := p.dir()
	if err != nil {
		return ""
	}
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(proc, name, buf)
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// Stat looks at what a name of /proc/TID leads to.
func (p *Process) Stat(name string, st *unix.Stat_t) error {
	proc, err := p.dir()
	if err != nil {
		return err
	}
	return unix.Fstatat(proc, name, st, 0)
}

// Statx looks at what a name of /proc/TID leads to; mask says at what.
func (p *Process) Statx(name string, mask int, st *unix.Statx_t) error {
	proc, err := p.dir()
	if err != nil {
		return err
	}
	return unix.Statx(proc, name, 0, mask, st)
}

// File reads a file of /proc/TID whole, up to a size that none of use has. The kernel
// writes these files in one piece, so that less than was asked for is the end.
func (p *Process) File(name string) ([]byte, error) {
	proc, err := p.dir()
	if err != nil {
		return nil, err
	}
	fd, err := unix.Openat(proc, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	const most = 1 << 20
	var text []byte
	buf := make([]byte, page)
	for len(text) < most {
		n, err := unix.Read(fd, buf)
		if err != nil {
			return nil, err
		}
		text = append(text, buf[:n]...)
		if n < len(buf) {
			break
		}
	}
	return text, nil
}
