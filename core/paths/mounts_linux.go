package paths

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/mountinfo"
	"github.com/nono-sandbox/nono/core/spec"
)

// mounts is what the kernel tells of them (proc_pid_mountinfo(5)), as far as it
// matters here.
type mounts struct {
	byID map[uint64]*mountinfo.Mount
	// points are the things that something is mounted on, by file system and
	// place in it: they cannot be removed or renamed by any of their names.
	points map[string]bool
	// times counts how often each file system is mounted.
	times map[string]int
}

// spot names what lies at path, which is on m: its file system, and where there.
func spot(m *mountinfo.Mount, path string) string { return m.Dev + m.Inside(path) }

func readMounts() *mounts {
	m := &mounts{byID: map[uint64]*mountinfo.Mount{}, points: map[string]bool{}, times: map[string]int{}}
	table, err := mountinfo.Read()
	all, ok := mountinfo.Parse(table)
	if err != nil || !ok {
		return m // nothing is known to be mounted twice, nor on anything
	}
	for i := range all {
		if id, err := strconv.ParseUint(all[i].ID, 10, 64); err == nil {
			m.byID[id] = &all[i]
			m.times[all[i].Dev]++
		}
	}
	for _, n := range m.byID {
		parent, err := strconv.ParseUint(n.Parent, 10, 64)
		if on, ok := m.byID[parent]; err == nil && ok && spec.Within(n.At, on.At) {
			m.points[spot(on, n.At)] = true
		}
	}
	return m
}

// point reports whether something is mounted on what n is.
func (m *mounts) point(n *Node) bool {
	on, ok := m.byID[n.Mount]
	return ok && m.points[spot(on, n.Path)]
}

// aliased reports whether n may be seen by another path, or something beneath it
// be on another mount.
func (m *mounts) aliased(n *Node) bool {
	on, ok := m.byID[n.Mount]
	if !ok || m.times[on.Dev] > 1 {
		return true
	}
	for _, other := range m.byID {
		if spec.Beneath(other.At, n.Path) && m.times[other.Dev] > 1 {
			return true
		}
	}
	return false
}
