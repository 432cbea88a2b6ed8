package paths

import (
	"os"
	"slices"

	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A Listing is what a directory has, by name.
type Listing struct {
	names map[string]Kind
	// Unknown tells that it could not be listed in full.
	Unknown bool
}

// Kind returns what the listing has under name, or Absent.
func (l *Listing) Kind(name string) Kind { return l.names[name] }

// Lacks reports whether the directory of path has been listed and has no entry of that
// name: for what is only granted where it exists, it spares a question. A file system
// that does not tell capitals from small letters may have it all the same.
func (r *Resolver) Lacks(path string) bool {
	l := r.lists[spec.Parent(path)]
	return l != nil && !l.Unknown && l.Kind(spec.Base(path)) == Absent
}

// A Kind is what an entry of a directory is.
type Kind uint8

// The kinds.
const (
	Absent Kind = iota
	IsLink
	IsDir
	IsOther
	IsUnknown // the file system tells no types
)

// An Entry is a name in a directory and where it leads.
type Entry struct {
	Name string
	Target
}

// NamesIn returns the names in the directory dir that wanted reports, sorted; none
// where dir cannot be listed.
func (r *Resolver) NamesIn(dir string, wanted func(string) bool) []string {
	var names []string
	if l := r.List(dir); !l.Unknown {
		for n := range l.names {
			if wanted(n) {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		return names
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if wanted(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// Among returns those of names that the directory dir, which is resolved, has.
// One that cannot be resolved is left out.
func (r *Resolver) Among(dir string, names []string) []Entry {
	var out []Entry
	add := func(name string) {
		if p, err := r.Resolve(spec.Join(dir, name)); err == nil {
			out = append(out, Entry{name, p})
		}
	}
	if r.small(dir, len(names)) {
		l := r.List(dir)
		for _, n := range names {
			if l.Unknown || l.names[n] != 0 {
				add(n)
			}
		}
		return out
	}
	at, prefix := unix.AT_FDCWD, dir+"/"
	// The way to a directory is walked once; one that cannot be opened can
	// still be searched.
	if fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err == nil {
		defer unix.Close(fd)
		at, prefix = fd, ""
	}
	var st unix.Stat_t
	for _, n := range names {
		switch err := unix.Fstatat(at, prefix+n, &st, unix.AT_SYMLINK_NOFOLLOW); {
		case err == unix.ENOENT:
		case err == nil && uint32(st.Mode)&unix.S_IFMT != unix.S_IFLNK:
			out = append(out, Entry{n, found(spec.Join(dir, n), &st)})
		default:
			add(n)
		}
	}
	return out
}

// small reports whether listing dir is less work than asking for that many
// names in it, going by its size: an entry takes some 32 bytes on disk, and a
// question costs what listing four entries does.
func (r *Resolver) small(dir string, names int) bool {
	var st unix.Stat_t
	return unix.Stat(dir, &st) == nil && st.Size < int64(names)*4*32
}
