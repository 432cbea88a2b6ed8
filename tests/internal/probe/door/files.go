//go:build linux

package door

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/nono-sandbox/nono/tests/internal/probe/try"
	"golang.org/x/sys/unix"
)

// files are the plain ways to files outside: "out" is a directory outside with
// a file "secret" and a directory "sub", "in" one inside.
func files() map[string]attack {
	return map[string]attack{
		"open-read":      func(w world) error { return try.Open(w["out"]+"/secret", unix.O_RDONLY) },
		"open-write":     func(w world) error { return try.Open(w["out"]+"/secret", unix.O_WRONLY) },
		"open-symlink":   openThroughSymlink,
		"open-dotdot":    func(w world) error { return try.Open(w["in"]+"/../out/secret", unix.O_RDONLY) },
		"open-from-cwd":  openFromCwd,
		"open-from-path": openFromPathFD,
		"list":           func(w world) error { return try.Open(w["out"], unix.O_RDONLY|unix.O_DIRECTORY) },
		"create":         func(w world) error { return try.Open(w["out"]+"/created", unix.O_WRONLY|unix.O_CREAT) },
		"truncate":       func(w world) error { return unix.Truncate(w["out"]+"/secret", 100) },
		"truncate-ro":    func(w world) error { return unix.Truncate(w["ro"]+"/file", 100) },
		"open-trunc-ro":  func(w world) error { return try.Open(w["ro"]+"/file", unix.O_RDONLY|unix.O_TRUNC) },
		"unlink":         func(w world) error { return unix.Unlink(spare(w)) },
		"mkdir":          func(w world) error { return unix.Mkdir(fresh(w["out"]), 0o755) },
		"rmdir":          func(w world) error { return unix.Rmdir(w["out"] + "/spare-dir-" + w["run"]) },
		"rmdir-inside":   rmdirInside,
		"symlink":        func(w world) error { return unix.Symlink("/etc", fresh(w["out"])) },
		"mkfifo":         func(w world) error { return unix.Mknod(fresh(w["out"]), unix.S_IFIFO|0o600, 0) },
		"rename-in":      func(w world) error { return unix.Rename(spare(w), fresh(w["in"])) },
		"rename-out":     renameOut,
		"rename-dir-out": renameDirOut,
		"link-in":        func(w world) error { return unix.Link(w["out"]+"/secret", fresh(w["in"])) },
		"link-out":       linkOut,
		"exchange":       exchange,
		"whiteout":       whiteout,
		"mknod-disk":     func(w world) error { return mknodOpen(w, unix.S_IFBLK) },
		"mknod-char":     func(w world) error { return mknodOpen(w, unix.S_IFCHR) },
		"exec-outside":   func(w world) error { return run(w["out"] + "/program") },
		"spec-write":     func(w world) error { return try.Open(os.Getenv("NONO_SPEC"), unix.O_WRONLY) },
		"spec-unlink":    func(w world) error { return unix.Unlink(os.Getenv("NONO_SPEC")) },
		"temps-list": func(w world) error {
			return try.Open(filepath.Dir(os.Getenv("TMPDIR")), unix.O_RDONLY|unix.O_DIRECTORY)
		},
		"temp-of-others": func(w world) error { return try.Open(w["othertemp"]+"/file", unix.O_RDONLY) },
	}
}

// fresh returns a name in dir that does not exist.
func fresh(dir string) string { return dir + "/new-" + strconv.Itoa(os.Getpid()) }

// spare is a file outside that an attack may use up; every run has its own.
func spare(w world) string { return w["out"] + "/spare-" + w["run"] }

func openThroughSymlink(w world) error {
	link := fresh(w["in"])
	if err := unix.Symlink(w["out"]+"/secret", link); err != nil {
		return err
	}
	defer unix.Unlink(link)
	return try.Open(link, unix.O_RDONLY)
}

func openFromCwd(w world) error {
	if err := unix.Chdir(w["out"]); err != nil {
		return err
	}
	return try.Open("secret", unix.O_RDONLY)
}

func openFromPathFD(w world) error {
	dir, err := unix.Open(w["out"], unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	return try.Opened(unix.Openat(dir, "secret", unix.O_RDONLY, 0))
}

func made(w world) (string, error) {
	path := fresh(w["in"])
	return path, os.WriteFile(path, []byte("x"), 0o600)
}

func rmdirInside(w world) error {
	dir := fresh(w["in"])
	if err := unix.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return unix.Rmdir(dir)
}

func renameOut(w world) error {
	path, err := made(w)
	if err != nil {
		return err
	}
	return unix.Rename(path, fresh(w["out"]))
}

func renameDirOut(w world) error {
	dir := fresh(w["in"])
	if err := unix.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return unix.Rename(dir, fresh(w["out"]))
}

func linkOut(w world) error {
	path, err := made(w)
	if err != nil {
		return err
	}
	return unix.Link(path, fresh(w["out"]))
}

func exchange(w world) error {
	path, err := made(w)
	if err != nil {
		return err
	}
	return unix.Renameat2(unix.AT_FDCWD, path, unix.AT_FDCWD, spare(w), unix.RENAME_EXCHANGE)
}

// whiteout leaves a character device 0:0 behind, which is a node made.
func whiteout(w world) error {
	path, err := made(w)
	if err != nil {
		return err
	}
	return unix.Renameat2(unix.AT_FDCWD, path, unix.AT_FDCWD, path+".to", unix.RENAME_WHITEOUT)
}

// mknodOpen makes a node for the device that "disk" or "tty0" is and opens it.
func mknodOpen(w world, kind uint32) error {
	dev, flags := unix.Mkdev(1, 11), unix.O_RDONLY // /dev/kmsg
	if kind == unix.S_IFBLK {
		var st unix.Stat_t
		if err := unix.Stat(w["disk"], &st); err != nil {
			return err
		}
		dev = st.Rdev
	}
	path := fresh(w["in"])
	if err := unix.Mknod(path, kind|0o600, int(dev)); err != nil {
		return err
	}
	defer unix.Unlink(path)
	return try.Open(path, flags)
}

// pointer is the address of a NUL-terminated copy of s.
func pointer(s string) uintptr {
	p, err := unix.BytePtrFromString(s)
	if err != nil {
		fail("%v", err)
	}
	return addr(p)
}
