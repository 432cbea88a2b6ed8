package mountinfo

import (
	"bytes"

	"github.com/nono-sandbox/nono/core/fault"
	"github.com/nono-sandbox/nono/core/spec"
)

// A Tree is the table, and how the mounts lie on one another.
type Tree struct {
	All   []Mount
	Base  *Mount              // the one at /, nil in a chroot that is no mount
	above map[string][]*Mount // by parent
}

// Unreadable is the error of who must know the mounts to keep to what is denied, and
// cannot.
func Unreadable(err error) error {
	return &fault.Error{Do: "read the mounts in", Path: Path, Err: err,
		Hint: "nono looks for denied paths under every mount, so it needs /proc"}
}

// Plain reports whether a table is of mounts that show each file system
// once, with one at /. Only otherwise can a file have two paths without a hard
// link. It takes a tenth of the time of ParseTree.
func Plain(table []byte) bool {
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

// ParseTree reports false for a table that it does not understand.
func ParseTree(table []byte) (*Tree, bool) {
	all, ok := Parse(table)
	m := &Tree{All: all, above: map[string][]*Mount{}}
	ids := make(map[string]bool, len(m.All))
	for i := range m.All {
		ids[m.All[i].ID] = true
	}
	for i := range m.All {
		n := &m.All[i]
		if n.At == "/" && (!ids[n.Parent] || n.Parent == n.ID) {
			m.Base = n
		} else {
			m.above[n.Parent] = append(m.above[n.Parent], n)
		}
	}
	return m, ok
}

// On returns the mount that an absolute path without symlinks leads into, or
// nil if that is the one of a chroot.
func (m *Tree) On(path string) *Mount {
	on := m.Base
	for on != nil {
		// A mount hides those deeper down that were made before it.
		var next *Mount
		for _, n := range m.above[on.ID] {
			if spec.Within(path, n.At) && spec.Within(n.At, on.At) && (next == nil || len(n.At) < len(next.At)) {
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
