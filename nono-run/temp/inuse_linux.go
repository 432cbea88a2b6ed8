package temp

import (
	"math"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// tempsInUse looks for the private temps in base that a process has in its
// environment or works in, and for the sessions that there are. A process that
// has cleared all three, as some daemons do, is not found.
//
// Whoever runs nono now and then has one old left-over each time, so that this look at
// every process is a part of the launch: it makes three or four calls for each.
func tempsInUse(base string) (inUse, error) {
	used := inUse{map[string]bool{}, map[string]bool{}}
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return used, err
	}
	defer unix.Close(proc)
	names, err := entries(proc)
	if err != nil {
		return used, err
	}
	buf := make([]byte, unix.PathMax)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if session, err := unix.Getsid(pid); err == nil {
			used.sessions[strconv.Itoa(session)] = true
		}
		for kv := range strings.SplitSeq(environment(proc, name), "\x00") {
			if spec, ok := strings.CutPrefix(kv, "NONO_SPEC="); ok {
				used.note(base, strings.TrimSuffix(spec, ".spec"))
			}
		}
		if n, err := unix.Readlinkat(proc, name+"/cwd", buf); err == nil {
			used.note(base, string(buf[:n]))
		}
	}
	return used, nil
}

// environment returns the environment that a process was started with, or "" where that
// is not told: of another user's process, and of one that is gone.
func environment(proc int, pid string) string {
	fd, err := unix.Openat(proc, pid+"/environ", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	env, err := fdio.ReadAll(fd, math.MaxInt)
	if err != nil {
		return ""
	}
	return string(env)
}

// note has the temp in use that path is at or in.
func (u inUse) note(base, path string) {
	if rest, ok := strings.CutPrefix(path, base+"/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		u.names[name] = true
	}
}
