package temp

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Nothing stays behind to clean up after a sandbox, so a later run does. It is
// not every run's work: only once there are a few left-overs, or an old one. Nor
// does it take long: what is left when the time is up is the next run's.
const (
	sweepFrom  = 32
	sweepAfter = time.Minute
	sweepFor   = 200 * time.Millisecond
)

// sweep removes the private temps in base of sandboxes that are gone. What it
// cannot be sure of it leaves; what it cannot remove is no reason to stop.
func sweep(base string) {
	dir, err := unix.Open(base, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(dir)
	names, err := entries(dir)
	if err != nil {
		return
	}
	here := place()
	var gone []string
	for _, name := range names {
		if strings.HasSuffix(name, ".spec") {
			continue
		}
		if f := strings.Split(name, "."); len(f) == 3 && f[1] == here && !alive(f[0]) {
			gone = append(gone, name)
		}
	}
	if len(gone) == 0 || len(gone) < sweepFrom && !old(dir, gone[0]) {
		return
	}
	used, err := tempsInUse(base)
	if err != nil {
		return
	}
	r := newRemover(dir, time.Now().Add(sweepFor))
	for _, name := range gone {
		pid, _, _ := strings.Cut(name, ".")
		if used.names[name] || used.sessions[pid] {
			continue // a process of that sandbox outlived its first one
		}
		if r.remove(name) == nil {
			unix.Unlinkat(dir, name+".spec", 0)
		}
	}
}

// inUse says which private temps have processes besides the ones they are named
// after: by the temp's name, or by the session that is named after it.
type inUse struct{ names, sessions map[string]bool }

// entries lists what remains to be read of a directory without os.File, which
// would set up a poller.
func entries(dir int) ([]string, error) {
	var names []string
	buf := make([]byte, 4096)
	for {
		n, err := unix.ReadDirent(dir, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}

// alive reports whether a process of that pid, or of the process group that it
// led, may exist.
func alive(pid string) bool {
	n, err := strconv.Atoi(pid)
	return err != nil || n <= 1 || unix.Kill(n, 0) != unix.ESRCH || unix.Kill(-n, 0) != unix.ESRCH
}

func old(dir int, name string) bool {
	var st unix.Stat_t
	err := unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	return err == nil && time.Since(time.Unix(st.Mtim.Unix())) > sweepAfter
}
