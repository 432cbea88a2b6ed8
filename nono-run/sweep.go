package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Nothing stays behind to clean up after a sandbox, so a later run does. It is
// not every run's work: only once there are a few left-overs, or an old one.
const (
	sweepFrom  = 32
	sweepAfter = time.Minute
)

// sweep removes the private temps in base of sandboxes that are gone. What it
// cannot be sure of it leaves; what it cannot remove is no reason to stop.
func sweep(base string) {
	names, err := entries(base)
	if err != nil {
		return
	}
	ns := pidNamespace()
	var gone []string
	for _, name := range names {
		if strings.HasSuffix(name, ".spec") {
			continue
		}
		if f := strings.Split(name, "."); len(f) == 3 && f[1] == ns && !alive(f[0]) {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 || len(gone) < sweepFrom && !old(filepath.Join(base, gone[0])) {
		return
	}
	used := specsInUse()
	for _, name := range gone {
		dir := filepath.Join(base, name)
		if bytes.Contains(used, []byte("NONO_SPEC="+dir+".spec\x00")) {
			continue // a process of that sandbox outlived its first one
		}
		// RemoveAll goes by directory descriptors and follows no symlink.
		if os.RemoveAll(dir) == nil {
			os.Remove(dir + ".spec")
		}
	}
}

// entries lists a directory without os.File, which would set up a poller.
func entries(dir string) ([]string, error) {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var names []string
	buf := make([]byte, 4096)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}

// alive reports whether a process of that pid may exist.
func alive(pid string) bool {
	n, err := strconv.Atoi(pid)
	return err != nil || n <= 0 || unix.Kill(n, 0) != unix.ESRCH
}

func old(path string) bool {
	st, err := os.Lstat(path)
	return err == nil && time.Since(st.ModTime()) > sweepAfter
}

// specsInUse returns the environments of all processes that may be looked at,
// one after the other.
func specsInUse() []byte {
	var all []byte
	procs, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, p := range procs {
		if c := p.Name()[0]; c < '0' || c > '9' {
			continue
		}
		if env, err := os.ReadFile("/proc/" + p.Name() + "/environ"); err == nil {
			all = append(append(all, env...), 0)
		}
	}
	return all
}
