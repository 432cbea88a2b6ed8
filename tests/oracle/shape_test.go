//go:build linux

package oracle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mount puts a mount onto something in the tree; the thread has its own mounts.
func (t *tree) mount(tb testing.TB) {
	if len(t.dirs) < 3 {
		return
	}
	at, from := t.dirs[1+t.r.IntN(len(t.dirs)-1)], t.pick(t.dirs)
	if _, kind, _ := identOf(at); kind != unix.S_IFDIR {
		return // a mount covers it
	}
	switch t.r.IntN(5) {
	case 0:
		must(tb, unix.Mount("none", at, "tmpfs", 0, "mode=755"))
		p := filepath.Join(at, t.name())
		must(tb, os.WriteFile(p, nil, 0o644), os.Lchown(p, t.owner, t.owner), os.Lchown(at, t.owner, t.owner))
		t.files = append(t.files, p)
		p = filepath.Join(at, "sub")
		if os.Mkdir(p, 0o755) == nil {
			must(tb, os.Lchown(p, t.owner, t.owner))
			t.dirs = append(t.dirs, p)
		}
		if t.r.IntN(4) == 0 {
			must(tb, unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")) // the file system, not the mount
		}
	case 1, 2:
		if _, kind, _ := identOf(from); kind != unix.S_IFDIR {
			return
		}
		must(tb, unix.Mount(from, at, "", unix.MS_BIND|uintptr(t.r.IntN(2))*unix.MS_REC, ""))
		if t.r.IntN(3) == 0 {
			must(tb, unix.Mount("", at, "", unix.MS_BIND|unix.MS_REMOUNT|uintptr([]int{unix.MS_RDONLY, unix.MS_NOEXEC, unix.MS_NODEV}[t.r.IntN(3)]), ""))
		}
	case 3:
		from, to := t.pick(t.files), t.pick(t.files)
		if unix.Mount(from, to, "", unix.MS_BIND, "") != nil {
			return // a symlink that leads nowhere, or to a directory
		}
		var err error
		if at, err = filepath.EvalSymlinks(to); err != nil {
			at = to
		}
	case 4:
		if !t.overlay(tb, at, from) {
			return
		}
	}
	t.mounts = append(t.mounts, at)
}

// overlay shows the directory from at another place, where it may be changed.
func (t *tree) overlay(tb testing.TB, at, from string) bool {
	dir, err := os.MkdirTemp(t.backup, "overlay-")
	upper, work := filepath.Join(dir, "upper"), filepath.Join(dir, "work")
	must(tb, err, os.Chmod(dir, 0o755), os.Mkdir(upper, 0o755), os.Mkdir(work, 0o755), os.Lchown(upper, t.owner, t.owner))
	if strings.ContainsAny(from, `,:\"`) || unix.Mount("overlay", at, "overlay", 0, "lowerdir="+from+",upperdir="+upper+",workdir="+work) != nil {
		return false // not on this file system, or of one that is overlaid already
	}
	t.overlays = append(t.overlays, at)
	return true
}

// modes takes permissions away here and there, but not under an overlay: it may
// go on with what it knew.
func (t *tree) modes(tb testing.TB) {
	if len(t.overlays) > 0 {
		return
	}
	root := os.Geteuid() == 0
	for _, p := range t.dirs[1:] {
		if t.r.IntN(6) == 0 {
			os.Chmod(p, []os.FileMode{0o555, 0o700, 0o711, 0o777 | os.ModeSticky, 0o400}[t.r.IntN(5)])
		}
		if root && t.r.IntN(8) == 0 {
			os.Lchown(p, 0, 0)
		}
	}
	for _, p := range t.files {
		if _, kind, _ := identOf(p); kind == unix.S_IFLNK || kind == 0 {
			continue
		}
		if t.r.IntN(6) == 0 {
			os.Chmod(p, []os.FileMode{0, 0o444, 0o600, 0o711}[t.r.IntN(4)])
		}
		if root && t.r.IntN(8) == 0 {
			os.Lchown(p, 0, 0)
		}
		if root && t.r.IntN(25) == 0 {
			t.fix(p)
		}
	}
}

// fix makes a file immutable or append-only, where the file system can.
func (t *tree) fix(p string) {
	if _, kind, _ := identOf(p); kind != unix.S_IFREG {
		return
	}
	if setAttr(p, []int{fsImmutable, fsAppend}[t.r.IntN(2)]) == nil {
		t.fixed = append(t.fixed, p)
		if id, _, _ := identOf(p); t.saved[id] != "" {
			t.fixed = append(t.fixed, t.saved[id]) // p may be on a read-only mount
		}
	}
}

func setAttr(p string, flags int) error {
	fd, err := unix.Open(p, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	have, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	if err != nil {
		return err
	}
	return unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, have&^(fsImmutable|fsAppend)|flags)
}
