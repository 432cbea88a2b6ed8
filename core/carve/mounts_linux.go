package carve

import (
	"bytes"
	"strconv"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A mount is one line of mountinfo (proc_pid_mountinfo(5)).
type mount struct {
	id, parent string
	dev        string // of its file system, as MAJOR:MINOR
	root       string // the directory or file of that file system which is seen
	at         string // where it is seen
}

type mounts struct {
	all   []mount
	above map[string][]*mount // by parent
	base  *mount              // the one at /, nil in a chroot that is no mount
}

// mountTable is that of the calling thread, like every path it opens.
const mountTable = "/proc/thread-self/mountinfo"

func readMounts() ([]byte, error) {
	fd, err := unix.Open(mountTable, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, unreadable(err)
	}
	defer unix.Close(fd)
	table := make([]byte, 0, 8<<10)
	for {
		if len(table) == cap(table) {
			table = append(table, 0)[:len(table)]
		}
		n, err := unix.Read(fd, table[len(table):cap(table)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if n == 0 {
			return table, nil
		}
		table = table[:len(table)+n]
	}
}

func unreadable(err error) error {
	return &fault.Error{Do: "read the mounts in", Path: mountTable, Err: err,
		Hint: "denied paths are looked for under every mount: /proc is needed"}
}

// plainTable reports whether a table is of mounts that show each file system
// once, with one at /. Only otherwise can a file have two paths without a hard
// link. It takes a tenth of the time of parseMounts.
func plainTable(table []byte) bool {
	devs := make(map[uint64]bool, 64)
	root := false
	for line := range bytes.Lines(table) {
		_, rest, _ := bytes.Cut(line, []byte{' '}) // the mount's number
		_, rest, _ = bytes.Cut(rest, []byte{' '})  // its parent's
		dev, rest, _ := bytes.Cut(rest, []byte{' '})
		_, rest, ok := bytes.Cut(rest, []byte{' '}) // what of it is mounted
		if !ok {
			return false
		}
		key := uint64(0) // MAJOR:MINOR as a number of digits to eleven: ':' comes after '9'
		for _, c := range dev {
			key = key*11 + uint64(c-'0')
		}
		if devs[key] {
			return false
		}
		devs[key] = true
		root = root || bytes.HasPrefix(rest, []byte("/ "))
	}
	return root
}

// parseMounts reports false for a table that is empty or has a line it does not
// understand.
func parseMounts(table []byte) (*mounts, bool) {
	m := &mounts{above: map[string][]*mount{}}
	for line := range bytes.Lines(table) {
		f := bytes.SplitN(line, []byte{' '}, 6)
		if len(f) < 6 {
			return nil, false
		}
		n := mount{id: string(f[0]), parent: string(f[1]), dev: string(f[2]), root: unescape(f[3]), at: unescape(f[4])}
		if n.at == "" || n.at[0] != '/' {
			return nil, false
		}
		m.all = append(m.all, n)
	}
	ids := make(map[string]bool, len(m.all))
	for i := range m.all {
		ids[m.all[i].id] = true
	}
	for i := range m.all {
		n := &m.all[i]
		if n.at == "/" && (!ids[n.parent] || n.parent == n.id) {
			m.base = n
		} else {
			m.above[n.parent] = append(m.above[n.parent], n)
		}
	}
	return m, len(m.all) > 0
}

// unescape undoes what the kernel does to white space and backslashes: \ooo.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b)
	}
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+3 < len(b) {
			if c, err := strconv.ParseUint(string(b[i+1:i+4]), 8, 8); err == nil {
				out = append(out, byte(c))
				i += 3
				continue
			}
		}
		out = append(out, b[i])
	}
	return string(out)
}

// of returns the mount that an absolute path without symlinks leads into, or
// nil if that is the one of a chroot.
func (m *mounts) of(path string) *mount {
	on := m.base
	for on != nil {
		// A mount hides those deeper down that were made before it.
		var next *mount
		for _, n := range m.above[on.id] {
			if atOrBeneath(path, n.at) && atOrBeneath(n.at, on.at) && (next == nil || len(n.at) < len(next.at)) {
				next = n
			}
		}
		if next == nil {
			break
		}
		on = next
	}
	return on
}

func atOrBeneath(path, dir string) bool { return path == dir || spec.Beneath(path, dir) }
