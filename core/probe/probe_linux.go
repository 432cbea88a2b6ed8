// Package probe asks the kernel itself, from inside a sandbox, and corrects what
// package query says of the sandbox from its spec. Every probe is harmless: it makes,
// changes and starts nothing.
package probe

import (
	"os"
	"path/filepath"
	"runtime"
	"unsafe"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Sandboxed reports whether this process is in a sandbox of nono. It asks the kernel
// and not the environment. Three things must be true: the process cannot gain
// privileges; a filter of system calls is loaded; and the filter refuses ioctl(2)
// requests with EPERM that fail with EBADF without a filter.
func Sandboxed() bool {
	nnp, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	if err != nil || nnp != 1 {
		return false
	}
	if mode, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); err != nil || mode != unix.SECCOMP_MODE_FILTER {
		return false
	}
	for _, request := range []uintptr{unix.TIOCSETD, unix.TIOCSTI, unix.TIOCLINUX} {
		if _, _, errno := unix.RawSyscall(unix.SYS_IOCTL, ^uintptr(0), request, 0); errno != unix.EPERM {
			return false
		}
	}
	return true
}

// Path tries q where a harmless probe is known, and corrects v, the answer of
// query.Inside for the spec s, where the kernel differs: NONO_SPEC may name a forged
// spec, and the disk may have changed since the sandbox started.
func Path(s *spec.Spec, q query.Question, v *query.Verdict) {
	if errno, asked := try(q, v); asked {
		line := v.Line
		correct(v, errno)
		sinceTheStart(s, v, line)
	}
}

// correct makes v the answer of the kernel.
func correct(v *query.Verdict, errno unix.Errno) {
	denied := errno == unix.EACCES || errno == unix.EPERM || errno == unix.EXDEV
	switch {
	case denied && v.Status == query.Allowed:
		v.Status = query.Denied
		v.EnforcedBy = "the kernel"
	case errno == 0 && v.Status == query.Denied:
		v.Status = query.Allowed
		v.EnforcedBy = ""
	default:
		return
	}
	v.Reason, v.Line, v.Also, v.Category, v.Suggestion, v.Errno = query.SinceTheStart, nil, nil, "", nil, ""
	if denied {
		v.Errno = unix.ErrnoName(errno)
	}
	v.Note = "something has changed since the start, another sandbox is around this one, or NONO_SPEC is not its spec"
}

// sinceTheStart notes the probable cause where line grants a path and the kernel
// refuses it: a rule of the kernel is for a file, not for its name.
func sinceTheStart(s *spec.Spec, v *query.Verdict, line *spec.Path) {
	const again = "; start the sandbox again"
	switch {
	case v.Reason != query.SinceTheStart || v.Status != query.Denied || line == nil:
	case line.Kind.File() && line.Path == v.Resolved:
		v.Note = "it was probably replaced since the start: a grant of one file (" + line.By.String() + ") holds for the file that was there then" + again
	case byname.DenyBeneath(s, spec.Parent(v.Resolved), carve.Create) != nil:
		v.Note = "it was probably made or replaced since the start, in a directory in which something is protected" + again
	}
}

// try performs the harmless equivalent of an operation, if there is one. Where
// that takes only a part of what the operation does, success tells nothing.
func try(q query.Question, v *query.Verdict) (errno unix.Errno, asked bool) {
	switch q.Op {
	case query.Connect:
		errno = trySocket()
		return errno, errno != 0
	case query.Delete, query.Rmdir, query.RenameTo:
		errno = tryMove(v.Resolved)
		if q.Op == query.RenameTo && errno == 0 {
			errno = tryMaking(spec.Parent(absolute(q.To)))
		}
		return errno, errno != 0
	case query.Create, query.Mkdir, query.Symlink, query.Mkfifo, query.Mksock:
		if q.Op == query.Mksock {
			errno = trySocket()
		}
		if errno != 0 {
			return errno, true
		}
		errno = tryMaking(spec.Parent(v.Resolved))
		return errno, errno != 0
	case query.LinkTo:
		errno = tryMaking(spec.Parent(absolute(q.To)))
		return errno, errno != 0
	}
	var st unix.Stat_t
	if err := unix.Stat(q.Path, &st); err != nil {
		return 0, false
	}
	kind := st.Mode & unix.S_IFMT
	switch {
	case (q.Op == query.Read || q.Op == query.List) && (kind == unix.S_IFREG || kind == unix.S_IFDIR):
		return tryOpen(q.Path, unix.O_RDONLY), true
	case (q.Op == query.Write || q.Op == query.Truncate) && kind == unix.S_IFREG:
		return tryOpen(q.Path, unix.O_WRONLY), q.Op == query.Write || v.Status == query.Allowed
	case q.Op == query.ReadWrite && kind == unix.S_IFREG:
		return tryOpen(q.Path, unix.O_RDWR), true
	case q.Op == query.Execute && kind == unix.S_IFREG:
		return tryExecute(q.Path)
	}
	return 0, false
}

// tryMove renames a thing to itself. That does nothing (rename(2)), and needs of
// Landlock what removing it needs and, with that, what making it does: nothing
// makes a device, so one is left alone.
func tryMove(path string) unix.Errno {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil || st.Mode&unix.S_IFMT == unix.S_IFCHR || st.Mode&unix.S_IFMT == unix.S_IFBLK {
		return 0
	}
	return paths.Errno(unix.Rename(path, path))
}

// tryMaking tries whether something can be made in the directory dir, by the
// first plain file that is in it.
func tryMaking(dir string) unix.Errno {
	list, err := os.Open(dir)
	if err != nil {
		return 0
	}
	defer list.Close()
	entries, _ := list.ReadDir(64)
	for _, e := range entries {
		if e.Type().IsRegular() {
			return tryMove(spec.Join(dir, e.Name()))
		}
	}
	return 0
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// tryOpen opens a plain file or a directory, and changes nothing in it.
func tryOpen(path string, how int) unix.Errno {
	fd, err := unix.Open(path, how|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return paths.Errno(err)
	}
	unix.Close(fd)
	return 0
}

// tryExecute uses AT_EXECVE_CHECK (execveat(2), Linux 6.14), which checks and
// starts nothing. An older kernel does not know the flag.
func tryExecute(path string) (unix.Errno, bool) {
	const check = 0x10000
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return 0, false
	}
	argv := []*byte{name, nil}
	at := unix.AT_FDCWD
	_, _, errno := unix.RawSyscall6(unix.SYS_EXECVEAT, uintptr(at), uintptr(unsafe.Pointer(name)),
		uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&argv[1])), check, 0)
	runtime.KeepAlive(argv)
	// That a script may be started says nothing of its interpreter.
	return errno, errno == unix.EACCES
}

// trySocket makes a Unix socket that is connected to nothing.
func trySocket() unix.Errno {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	return paths.Errno(err)
}

// Socket corrects a verdict about an abstract Unix socket, where there can be
// no socket at all.
func Socket(v *query.Verdict) {
	if errno := trySocket(); errno != 0 {
		correct(v, errno)
	}
}

// Network corrects a verdict about the network by making a socket.
func Network(v *query.Verdict) {
	kind := unix.SOCK_STREAM
	if v.Protocol == "udp" {
		kind = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	if refused := err == unix.EPERM; refused == (v.Status == query.Denied) || err != nil && !refused {
		return
	}
	v.Status, v.EnforcedBy, v.Errno = query.Allowed, "", ""
	if err != nil {
		v.Status, v.EnforcedBy, v.Errno = query.Denied, "the kernel", "EPERM"
	}
	v.Reason, v.Suggestion = query.SinceTheStart, nil
}
