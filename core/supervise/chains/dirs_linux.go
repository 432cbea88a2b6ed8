package chains

import (
	"maps"
	"slices"
	"strings"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/carve/byname"
	"github.com/nono-sandbox/nono/core/paths"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// A Dir is a directory that may be written but for what is denied in it or beneath it.
type Dir struct {
	Path string
	// denied are the names in it that are denied, or lead to what is.
	denied map[string]bool
	// folds tells that the file system takes other spellings for the same name.
	folds bool
	mount uint64
	reads bool // what is made in it may be read too
	// private tells that of what is in it only what came out of a pool is the command's.
	private bool
	// followed tells that later sandboxes follow the symlinks that are in it, also in
	// lines which nobody typed, as those of the user: it is a home, or another directory
	// with something of the lists of protected paths in it, where no sandbox makes names
	// by itself.
	followed bool
}

// Dirs are the chain directories of a sandbox, by what they are and not by a name: another
// name of one, by a bind mount or a link, leads to the same.
type Dirs map[carve.ID]*Dir

// Find returns the chain directories of s that exist.
func Find(s *spec.Spec) Dirs { return find(s, byname.Of(s)) }

func find(s *spec.Spec, names *byname.Names) Dirs {
	all, byPath := Dirs{}, map[string]*Dir{}
	if s.PrivateShm {
		if d := all.add(paths.Shm, names); d != nil {
			d.reads, d.private = true, true
		}
	}
	if !s.BesideDenied {
		return all
	}
	seen := map[string]bool{}
	for i := range s.Paths {
		p := &s.Paths[i]
		if p.Kind.Grants() {
			continue
		}
		for path := p.Path; path != "/" && !seen[path]; path = spec.Parent(path) {
			seen[path] = true // and all above it
			up := spec.Parent(path)
			if names.Chain(up)&carve.Create == 0 {
				continue
			}
			d, known := byPath[up]
			if !known {
				d = all.add(up, names)
				byPath[up] = d
				if d != nil && byname.ListedBeneath(s, up) != nil {
					d.followed = true
				}
			}
			if d != nil {
				d.denied[spec.Base(path)] = true
			}
		}
	}
	return all
}

// sorted are the directories in the order of their paths.
func (all Dirs) sorted() []*Dir {
	return slices.SortedFunc(maps.Values(all), func(a, b *Dir) int { return strings.Compare(a.Path, b.Path) })
}

// Paths are where the chain directories lie.
func (all Dirs) Paths() []string {
	var paths []string
	for _, d := range all.sorted() {
		paths = append(paths, d.Path)
	}
	return paths
}

// add examines the directory path; nil where there is none.
func (all Dirs) add(path string, names *byname.Names) *Dir {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		fd, err = unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	id, mount, err := identity(fd)
	if err != nil {
		return nil
	}
	if known := all[id]; known != nil {
		return known
	}
	d := &Dir{Path: path, denied: map[string]bool{}, folds: folds(fd), mount: mount, reads: names.Meant(path)&carve.ReadFile != 0}
	all[id] = d
	return d
}

// At returns the chain directory that fd is, or nil.
func (all Dirs) At(fd int) *Dir {
	if fd < 0 {
		return nil
	}
	id, _, err := identity(fd)
	if err != nil {
		return nil
	}
	return all[id]
}

func identity(fd int) (carve.ID, uint64, error) {
	var st unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_MNT_ID, &st); err != nil {
		return carve.ID{}, 0, err
	}
	return carve.ID{Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino}, st.Mnt_id, nil
}

// denies reports whether base is no name that may be made, removed or renamed.
func (d *Dir) denies(base string) bool {
	if d.denied[base] {
		return true
	}
	if !d.folds {
		return false
	}
	// Where the file system takes several spellings for one name, only plain ones can be
	// told apart from what is denied: no other alphabet, and no short or trimmed form.
	if strings.ContainsAny(base, "~:") || strings.HasSuffix(base, ".") || strings.HasSuffix(base, " ") {
		return true
	}
	for i := range len(base) {
		if base[i] >= 0x80 {
			return true
		}
	}
	for name := range d.denied {
		if strings.EqualFold(name, base) {
			return true
		}
	}
	return false
}

// foldingTypes are the file systems that know one name by several spellings, and those
// that may be one behind: FUSE and 9p (linux/magic.h).
var foldingTypes = map[uint32]bool{
	0x4d44: true, 0x2011bab0: true, 0x7366746e: true, 0x5346544e: true, 0xff534d42: true, 0xfe534d42: true, 0x517b: true,
	0x482b: true, 0x4244: true, 0x65735546: true, 0x01021997: true, 0x786f4256: true,
}

// folds reports whether the directory fd may know one name by several spellings.
func folds(fd int) bool {
	var fs unix.Statfs_t
	if unix.Fstatfs(fd, &fs) != nil || foldingTypes[uint32(fs.Type)] {
		return true
	}
	const casefold = 0x40000000 // FS_CASEFOLD_FL
	flags, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS)
	return err == nil && flags&casefold != 0
}
