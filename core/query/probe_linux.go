package query

import (
	"os"
	"path/filepath"
	"runtime"
	"unsafe"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// Sandboxed reports whether this process is in a sandbox of nono's, as the
// kernel tells: privileges cannot be gained, system calls are filtered, and the
// filter refuses, before it is looked at, a request that without one fails for
// its descriptor. The environment plays no part.
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

// Probe asks the kernel where that does no harm, and corrects v where the
// answer differs. It is for an Asker made by Inside: the spec that it was given
// may be forged, and the disk has changed since the sandbox started.
func (a *Asker) Probe(q Question, v *Verdict) {
	if errno, asked := try(q, v); asked {
		line := v.Line
		v.correct(errno)
		a.sinceTheStart(v, line)
	}
}

// correct makes v what the kernel says.
func (v *Verdict) correct(errno unix.Errno) {
	denied := errno == unix.EACCES || errno == unix.EPERM || errno == unix.EXDEV
	switch {
	case denied && v.Status == Allowed:
		v.Status = Denied
		v.EnforcedBy = "the kernel"
	case errno == 0 && v.Status == Denied:
		v.Status = Allowed
		v.EnforcedBy = ""
	default:
		return
	}
	v.Reason, v.Line, v.Also, v.Category, v.Suggestion, v.Errno = SinceTheStart, nil, nil, "", nil, ""
	if denied {
		v.Errno = unix.ErrnoName(errno)
	}
	v.Note = "something has changed since the start, another sandbox is around this one, or NONO_SPEC is not its spec"
}

// sinceTheStart is what probably became of what line grants by the spec, and the
// kernel shuts: a rule holds for a file and not for its name.
func (a *Asker) sinceTheStart(v *Verdict, line *spec.Path) {
	const again = "; start the sandbox again"
	switch {
	case v.Reason != SinceTheStart || v.Status != Denied || line == nil:
	case line.Kind.File() && line.Path == v.Resolved:
		v.Note = "it was probably replaced since the start: a grant of one file (" + line.By.String() + ") holds for the file that was there then" + again
	case denyBeneath(a.s, spec.Parent(v.Resolved), carve.Create) != nil:
		v.Note = "it was probably made or replaced since the start, in a directory in which something is protected" + again
	}
}

// try performs the harmless equivalent of an operation, if there is one. Where
// that takes only a part of what the operation does, success tells nothing.
func try(q Question, v *Verdict) (errno unix.Errno, asked bool) {
	switch q.Op {
	case Connect:
		errno = trySocket()
		return errno, errno != 0
	case Delete, Rmdir, RenameTo:
		errno = tryMove(v.Resolved)
		if q.Op == RenameTo && errno == 0 {
			errno = tryMaking(spec.Parent(absolute(q.To)))
		}
		return errno, errno != 0
	case Create, Mkdir, Symlink, Mkfifo, Mksock:
		if q.Op == Mksock {
			errno = trySocket()
		}
		if errno != 0 {
			return errno, true
		}
		errno = tryMaking(spec.Parent(v.Resolved))
		return errno, errno != 0
	case LinkTo:
		errno = tryMaking(spec.Parent(absolute(q.To)))
		return errno, errno != 0
	}
	var st unix.Stat_t
	if err := unix.Stat(q.Path, &st); err != nil {
		return 0, false
	}
	kind := st.Mode & unix.S_IFMT
	switch {
	case (q.Op == Read || q.Op == List) && (kind == unix.S_IFREG || kind == unix.S_IFDIR):
		return tryOpen(q.Path, unix.O_RDONLY), true
	case (q.Op == Write || q.Op == Truncate) && kind == unix.S_IFREG:
		return tryOpen(q.Path, unix.O_WRONLY), q.Op == Write || v.Status == Allowed
	case q.Op == ReadWrite && kind == unix.S_IFREG:
		return tryOpen(q.Path, unix.O_RDWR), true
	case q.Op == Execute && kind == unix.S_IFREG:
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

// ProbeSocket corrects a verdict about an abstract Unix socket, where there can be
// no socket at all.
func ProbeSocket(v *Verdict) {
	if errno := trySocket(); errno != 0 {
		v.correct(errno)
	}
}

// ProbeNetwork corrects a verdict about the network by making a socket.
func ProbeNetwork(v *Verdict) {
	kind := unix.SOCK_STREAM
	if v.Protocol == "udp" {
		kind = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
	}
	if refused := err == unix.EPERM; refused == (v.Status == Denied) || err != nil && !refused {
		return
	}
	v.Status, v.EnforcedBy, v.Errno = Allowed, "", ""
	if err != nil {
		v.Status, v.EnforcedBy, v.Errno = Denied, "the kernel", "EPERM"
	}
	v.Reason, v.Suggestion = SinceTheStart, nil
}
