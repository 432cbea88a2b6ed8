package query

import (
	"os"
	"strconv"
	"strings"

	"github.com/nono-sandbox/nono/core/spec"
)

// mounts is what the kernel tells of them (proc_pid_mountinfo(5)), as far as it
// matters here.
type mounts struct {
	byID map[uint64]mount
	// points are the things that something is mounted on, by file system and
	// place in it: they cannot be removed or renamed by any of their names.
	points map[string]bool
	// times counts how often each file system is mounted.
	times map[string]int
}

type mount struct{ dev, root, at string }

// inside is where path, which is on m, lies in its file system.
func (m mount) inside(path string) string {
	rest := path
	if m.at != "/" {
		rest = strings.TrimPrefix(path, m.at)
	}
	return m.dev + strings.TrimSuffix(m.root, "/") + rest
}

func readMounts() *mounts {
	m := &mounts{byID: map[uint64]mount{}, points: map[string]bool{}, times: map[string]int{}}
	table, err := os.ReadFile("/proc/thread-self/mountinfo")
	if err != nil {
		return m // nothing is known to be mounted twice, nor on anything
	}
	parents := map[uint64]uint64{}
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) < 6 {
			continue
		}
		id, err1 := strconv.ParseUint(f[0], 10, 64)
		parent, err2 := strconv.ParseUint(f[1], 10, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		m.byID[id] = mount{dev: f[2], root: unescape(f[3]), at: unescape(f[4])}
		parents[id] = parent
		m.times[f[2]]++
	}
	for id, n := range m.byID {
		if on, ok := m.byID[parents[id]]; ok && (on.at == n.at || spec.Beneath(n.at, on.at)) {
			m.points[on.inside(n.at)] = true
		}
	}
	return m
}

// point reports whether something is mounted on what n is.
func (m *mounts) point(n *node) bool {
	on, ok := m.byID[n.mount]
	return ok && m.points[on.inside(n.path)]
}

// aliased reports whether n may be seen by another path, or something beneath it
// be on another mount.
func (m *mounts) aliased(n *node) bool {
	if len(m.byID) == 0 || m.times[m.byID[n.mount].dev] > 1 {
		return true
	}
	for _, other := range m.byID {
		if spec.Beneath(other.at, n.path) && m.times[other.dev] > 1 {
			return true
		}
	}
	return false
}

// unescape undoes \ooo, as the kernel writes white space and backslashes.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
