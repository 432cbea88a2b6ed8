//go:build linux

package door

import (
	"fmt"
	"os"
	"strconv"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// fileTricks are ways to a file that go by something else than its name.
func fileTricks() map[string]attack {
	return map[string]attack{
		"tmpfile-link":       tmpfileLink,
		"empty-path-link":    emptyPathLink,
		"empty-path-link-fd": emptyPathLinkFD,
		"handle":             byHandle,
		"handle-name": func(w world) error {
			_, _, err := unix.NameToHandleAt(unix.AT_FDCWD, w["out"]+"/secret", 0)
			return err
		},
		"stdin-reopen-write": func(world) error { return try.Open("/proc/self/fd/0", unix.O_RDWR) },
		"stdin-dev-fd":       func(world) error { return try.Open("/dev/fd/0", unix.O_WRONLY) },
		"stdin-empty-path":   func(w world) error { return linkat(0, fresh(w["in"])) },
		"stdin-proc-link":    stdinProcLink,
		"inherited-file":     func(w world) error { return readFD(w.int("fd")) },
		"inherited-dir":      func(w world) error { return try.Opened(unix.Openat(w.int("fd"), "secret", unix.O_RDONLY, 0)) },
		"kept-dir":           func(w world) error { return try.Opened(unix.Openat(w.int("fd"), "secret", unix.O_RDONLY, 0)) },
		"kept-dir-fchdir":    keptFchdir,
		"kept-file-write":    func(w world) error { return try.Open("/proc/self/fd/"+w["fd"], unix.O_RDWR) },
		"inherited-memfd":    func(w world) error { return readFD(w.int("fd")) },
		"inherited-pidfd":    func(w world) error { return unix.PidfdSendSignal(w.int("fd"), 0, nil, 0) },
		"inherited-socket":   func(w world) error { return socketName(w.int("fd")) },
		"scm-dir": func(w world) error {
			return received(func(fd int) error { return try.Opened(unix.Openat(fd, "secret", unix.O_RDONLY, 0)) })
		},
		"scm-file": func(w world) error { return received(readFD) },
		"scm-path": func(w world) error {
			return received(func(fd int) error { return try.Open("/proc/self/fd/"+strconv.Itoa(fd), unix.O_RDONLY) })
		},
		"exec-place": func(w world) error {
			return run("/proc/self/exe", "door", "child-exec-place", "path="+w["out"]+"/program")
		},
		"exec-place-fd": execPlaceFD,
		"pipe-backward": pipeBackward,
		"lock": func(w world) error {
			return locks(w, func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) })
		},
		"lease": func(w world) error {
			return locks(w, func(fd int) error { _, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_WRLCK); return err })
		},
		"memfd-exec":    memfdExec,
		"core-dump":     coreDump,
		"splice-secret": func(w world) error { return try.Open("/proc/self/root"+w["out"]+"/secret", unix.O_RDONLY) },
	}
}

func readFD(fd int) error {
	buf := make([]byte, 16)
	_, err := unix.Read(fd, buf)
	return err
}

func socketName(fd int) error {
	_, err := unix.Getsockname(fd)
	return err
}

func tmpfileLink(w world) error {
	fd, err := unix.Open(w["out"], unix.O_TMPFILE|unix.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), unix.AT_FDCWD, fresh(w["out"]), unix.AT_SYMLINK_FOLLOW)
}

func linkat(fd int, to string) error {
	return unix.Linkat(fd, "", unix.AT_FDCWD, to, unix.AT_EMPTY_PATH)
}

// emptyPathLink links what is only a place, not opened for use, into the grant.
func emptyPathLink(w world) error {
	fd, err := unix.Open(w["out"]+"/secret", unix.O_PATH, 0)
	if err != nil {
		return err
	}
	to := fresh(w["in"])
	if err := unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW); err != nil {
		return err
	}
	defer unix.Unlink(to)
	return try.Open(to, unix.O_RDONLY)
}

func emptyPathLinkFD(w world) error {
	fd, err := unix.Open(w["out"]+"/secret", unix.O_PATH, 0)
	if err != nil {
		return err
	}
	to := fresh(w["in"])
	if err := linkat(fd, to); err != nil {
		return err
	}
	defer unix.Unlink(to)
	return try.Open(to, unix.O_RDONLY)
}

// stdinProcLink gives the file that stdin is open on, for reading only, a name
// where files may be written.
func stdinProcLink(w world) error {
	to := fresh(w["in"])
	if err := unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/0", unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW); err != nil {
		return err
	}
	defer unix.Unlink(to)
	return try.Open(to, unix.O_RDWR)
}

func byHandle(w world) error {
	h, _, err := unix.NameToHandleAt(unix.AT_FDCWD, w["out"]+"/secret", 0)
	if err != nil {
		return err
	}
	mount, err := unix.Open(w["in"], unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	return try.Opened(unix.OpenByHandleAt(mount, h, unix.O_RDONLY))
}

func keptFchdir(w world) error {
	if err := unix.Fchdir(w.int("fd")); err != nil {
		return err
	}
	return try.Open("secret", unix.O_RDONLY)
}

// received takes one descriptor from the socket that is stdin.
func received(use func(fd int) error) error {
	buf, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(0, buf, oob, 0)
	if err != nil {
		return err
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(msgs) != 1 {
		return try.Text("nothing-received")
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil {
		return err
	}
	return use(fds[0])
}

// execPlaceFD runs by its descriptor what is only open as a place.
func execPlaceFD(w world) error {
	fd, err := unix.Open(w["out"]+"/program", unix.O_PATH, 0)
	if err != nil {
		return err
	}
	return run(fmt.Sprintf("/proc/self/fd/%d", fd))
}

// pipeBackward opens the reading end of a pipe, which is stdin, for writing.
func pipeBackward(world) error { return try.Open("/proc/self/fd/0", unix.O_WRONLY) }

// locks takes a lock on a file that may only be read.
func locks(w world, take func(fd int) error) error {
	fd, err := unix.Open(w["ro"]+"/locked-"+w["run"], unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return take(fd)
}

// memfdExec runs this program from memory.
func memfdExec(w world) error {
	data, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	fd, err := unix.MemfdCreate("door", 0)
	if err != nil {
		return err
	}
	if _, err := unix.Write(fd, data); err != nil {
		return err
	}
	return run(fmt.Sprintf("/proc/self/fd/%d", fd), "door", "child-ok")
}

// coreDump dies in the directory outside, and looks whether a core lies there.
func coreDump(w world) error {
	pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if err != nil {
		return err
	}
	if string(pattern) != "core\n" {
		return try.Text("core_pattern")
	}
	if err := unix.Chdir(w["out"]); err != nil {
		return err
	}
	if err := run("/proc/self/exe", "door", "child-core"); err != try.Text("SIGABRT") {
		return err
	}
	if unix.Access(w["out"]+"/core", unix.F_OK) != nil && unix.Access(fmt.Sprintf("%s/core.%s", w["out"], w["core"]), unix.F_OK) != nil {
		return try.Text("no-core")
	}
	return unix.Unlink(w["out"] + "/core")
}

// ioctl is ioctl(2) with a pointer.
func ioctl[T any](fd int, request uint, arg *T) error {
	return try.Call(unix.SYS_IOCTL, uintptr(fd), uintptr(request), addr(arg))
}
