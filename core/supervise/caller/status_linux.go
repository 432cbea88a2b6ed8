package caller

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Status is who a caller is, from /proc/TID/status (proc_pid_status(5)).
type Status struct {
	PID, Parent int // of the process, not the thread
	Umask       int
	// Of the four of each, the one that the file system goes by.
	UID, GID int
	Groups   []int
	// Caps are the effective capabilities.
	Caps uint64
}

// Status reads who the caller is.
func (p *Process) Status() (Status, error) {
	text, err := p.File("status")
	if err != nil {
		return Status{}, err
	}
	return parseStatus(string(text))
}

// Own returns who this process is.
func Own() (Status, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return Status{}, err
	}
	return parseStatus(string(text))
}

// parseStatus reads the fields that it knows. All of them have to be there.
func parseStatus(text string) (s Status, err error) {
	seen := 0
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, ":")
		f := strings.Fields(rest)
		var e error
		switch {
		case name == "Groups":
			for _, word := range f {
				n, e := strconv.Atoi(word)
				if e != nil {
					return s, unix.EINVAL
				}
				s.Groups = append(s.Groups, n)
			}
			slices.Sort(s.Groups)
		case len(f) == 0:
			continue
		case name == "Tgid":
			s.PID, e = strconv.Atoi(f[0])
		case name == "PPid":
			s.Parent, e = strconv.Atoi(f[0])
		case name == "Umask":
			var n uint64
			n, e = strconv.ParseUint(f[0], 8, 16)
			s.Umask = int(n)
		case name == "Uid" && len(f) == 4:
			s.UID, e = strconv.Atoi(f[3])
		case name == "Gid" && len(f) == 4:
			s.GID, e = strconv.Atoi(f[3])
		case name == "CapEff":
			s.Caps, e = strconv.ParseUint(f[0], 16, 64)
		default:
			continue
		}
		if e != nil {
			return s, unix.EINVAL
		}
		seen++
	}
	if seen != 7 {
		return s, unix.EINVAL
	}
	return s, nil
}
