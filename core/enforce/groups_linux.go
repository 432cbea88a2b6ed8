package enforce

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/nono-sandbox/nono/core/fdio"
	"golang.org/x/sys/unix"
)

// The kernel sends some signals to a whole process group and does not ask Landlock:
// SIGHUP to a group that becomes orphaned while a process of it is stopped, SIGTTIN
// and SIGTTOU to a background group if one of its processes uses the terminal
// (setpgid(2), credentials(7)). So processes inside and outside should not be in one
// group.

// leaveGroup moves this process to a new process group, unless it leads one already. It
// returns the process as it is then, or nil if /proc does not tell.
//
// The process stays in its group in three cases. A shell with job control watches the
// group: then no process inside can make the group orphaned, and Ctrl-Z and kill of the
// shell are meant for the whole group. The group is the foreground group of the terminal:
// nobody would give the terminal to the new group. /proc does not tell.
func leaveGroup() (*process, error) {
	pid := unix.Getpid()
	self := readProcess(pid)
	if self == nil || self.group == pid || self.foreground == self.group {
		return self, nil
	}
	above := self
	for above != nil && above.group == self.group && above.session == self.session {
		above = readProcess(above.parent)
	}
	if above != nil && above.session == self.session {
		return self, nil
	}
	if err := unix.Setpgid(0, 0); err != nil {
		return nil, err
	}
	self.group = pid
	return self, nil
}

// outsideGroups returns the process groups in the session of this process, except its own
// group: the command is in that group already. It returns false if /proc does not tell.
func outsideGroups(self *process) ([]uint32, bool) {
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil || self == nil {
		return nil, false
	}
	defer unix.Close(proc)
	groups := []uint32{uint32(self.session)} // its leader may be hidden
	var buf [4096]byte
	for {
		n, err := unix.Getdents(proc, buf[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, false
		}
		if n == 0 {
			break
		}
		for rest := buf[:n]; len(rest) > 0; {
			var e fdio.Dirent
			e, rest = fdio.Entry(rest)
			pid, err := strconv.Atoi(string(e.Name[:bytes.IndexByte(e.Name, 0)]))
			if err != nil {
				continue
			}
			if session, err := unix.Getsid(pid); err != nil || session != self.session {
				continue
			}
			group, err := unix.Getpgid(pid)
			if err == nil && !slices.Contains(groups, uint32(group)) {
				groups = append(groups, uint32(group))
			}
		}
	}
	own := func(group uint32) bool { return group == uint32(self.group) }
	return slices.DeleteFunc(groups, own), true
}

// A process has fields of /proc/PID/stat (proc_pid_stat(5)).
type process struct {
	parent, group, session int
	foreground             int // the foreground group of its terminal, or -1
}

// readProcess returns nil if there is no process pid, or if this process cannot see it.
func readProcess(pid int) *process {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	text, err := fdio.ReadAll(fd, 4096)
	if err != nil || !bytes.HasPrefix(text, []byte(strconv.Itoa(pid)+" (")) {
		return nil
	}
	// The name, in parentheses, may contain any byte.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 6 {
		return nil
	}
	number := func(i int) int {
		n, err := strconv.Atoi(string(fields[i]))
		if err != nil {
			return -1
		}
		return n
	}
	return &process{parent: number(1), group: number(2), session: number(3), foreground: number(5)}
}
