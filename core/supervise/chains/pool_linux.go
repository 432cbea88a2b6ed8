package chains

import (
	"os"
	"sort"
	"strconv"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/spec"
	"golang.org/x/sys/unix"
)

// How many files and directories a command can make in chain directories of one mount. A
// file that is removed or replaced there, and that nobody has open, serves again.
const (
	poolFiles = 192
	poolDirs  = 64
)

// Prepare makes, for each mount that has chain directories, empty files and directories
// that the sandbox of s grants each by itself: a Landlock rule is of the thing and not of
// its name, so what is renamed to a new name in a chain directory can be used there like
// everything else. It adds the lines to s, and returns where they lie, and the directories
// in which nothing can be made, since they give no place for them.
func Prepare(s *spec.Spec, temp string) (pools []string, without []string) {
	type key struct {
		mount uint64
		reads bool
	}
	dirs := Find(s)
	var all []*Dir
	for _, d := range dirs {
		all = append(all, d)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Path < all[j].Path })
	made := map[key]bool{}
	for _, d := range all {
		k := key{d.mount, d.reads}
		if made[k] {
			continue
		}
		path, err := makePool(s, d, temp)
		if err != nil {
			without = append(without, d.Path)
			continue
		}
		made[k] = true
		pools = append(pools, path)
	}
	return pools, without
}

// makePool makes the pool for d, in the private temp where that is on the same mount and
// else in d itself.
func makePool(s *spec.Spec, d *Dir, temp string) (string, error) {
	path := spec.Join(d.Path, ".nono-names-"+strconv.Itoa(os.Getpid()))
	if fd, err := unix.Open(temp, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
		if _, mount, err := identity(fd); err == nil && mount == d.mount {
			path = spec.Join(temp, ".names-"+strconv.FormatBool(d.reads))
		}
		unix.Close(fd)
	}
	if err := unix.Mkdir(path, 0o700); err != nil {
		return "", err
	}
	dir, file := spec.Write, spec.WriteFile
	if d.reads {
		dir, file = spec.Allow, spec.AllowFile
	}
	by := spec.Origin{Source: spec.System}
	for n := range poolFiles {
		name := spec.Join(path, fileName(n))
		fd, err := unix.Open(name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return "", err
		}
		unix.Close(fd)
		s.Paths = append(s.Paths, spec.Path{Kind: file, Path: name, By: by})
	}
	for n := range poolDirs {
		name := spec.Join(path, dirName(n))
		if err := unix.Mkdir(name, 0o700); err != nil {
			return "", err
		}
		s.Paths = append(s.Paths, spec.Path{Kind: dir, Path: name, By: by})
	}
	return path, nil
}

func fileName(n int) string { return "f" + strconv.Itoa(n) }
func dirName(n int) string  { return "d" + strconv.Itoa(n) }

// A pool is what is left of them.
type pool struct {
	path  string
	fd    int
	mount uint64
	reads bool
	files []string // ready to be used
	used  []string // files that came back, which somebody may still have open
	dirs  []string
	// free are names that no file of the pool has, and own what the pool was made of.
	free []string
	own  map[carve.ID]bool
}

func openPool(path string) (*pool, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	p := &pool{path: path, fd: fd, own: map[carve.ID]bool{}}
	if _, p.mount, err = identity(fd); err != nil {
		return nil, err
	}
	for n := range poolFiles {
		p.files = append(p.files, fileName(n))
	}
	for n := range poolDirs {
		p.dirs = append(p.dirs, dirName(n))
	}
	for _, names := range [][]string{p.files, p.dirs} {
		for _, name := range names {
			var st unix.Stat_t
			if err := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
				return nil, err
			}
			p.own[carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}] = true
		}
	}
	return p, nil
}

// Paths are where the chain directories lie.
func (all Dirs) Paths() []string {
	var paths []string
	for _, d := range all {
		paths = append(paths, d.Path)
	}
	sort.Strings(paths)
	return paths
}

// An item is one file or directory that was taken out of a pool. It is held open, with
// O_PATH: under its name the command may put something else at any time.
type item struct {
	name string
	fd   int
}

// path leads to the very thing, whatever its name leads to.
func (i *item) path() string { return "/proc/self/fd/" + strconv.Itoa(i.fd) }

func (i *item) close() { unix.Close(i.fd) }

// hold opens what is name in the pool, if that came with it and is of the right type.
func (p *pool) hold(name string, kind uint32) (*item, unix.Stat_t) {
	var st unix.Stat_t
	fd, err := unix.Openat(p.fd, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, st
	}
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != kind || !p.own[carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}] {
		unix.Close(fd)
		return nil, st
	}
	return &item{name, fd}, st
}

// file takes an empty file, or returns nil.
func (p *pool) file() *item {
	for try := range 2 {
		for len(p.files) > 0 {
			name := p.files[len(p.files)-1]
			p.files = p.files[:len(p.files)-1]
			// The command can reach it here, and may have written to it.
			i, st := p.hold(name, unix.S_IFREG)
			if i != nil && st.Nlink == 1 && st.Size == 0 {
				return i
			}
			if i != nil {
				i.close()
			}
		}
		if try == 0 {
			p.reclaim()
		}
	}
	return nil
}

// reclaim makes ready again what came back and nobody has open any more.
func (p *pool) reclaim() {
	var still []string
	for _, name := range p.used {
		if p.clean(name) {
			p.files = append(p.files, name)
		} else {
			still = append(still, name)
		}
	}
	p.used = still
}

// clean empties a file that nobody has open: the kernel gives a write lease only then
// (fcntl(2), F_SETLEASE).
func (p *pool) clean(name string) bool {
	i, found := p.hold(name, unix.S_IFREG)
	if i == nil {
		return false
	}
	defer i.close()
	if found.Nlink != 1 || unix.Chmod(i.path(), 0o600) != nil {
		return false
	}
	fd, err := unix.Open(i.path(), unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink != 1 {
		return false
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		return false
	}
	defer unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_UNLCK)
	if names, err := unix.Flistxattr(fd, nil); err != nil && err != unix.EOPNOTSUPP || names > 0 {
		return false // attributes stay where they were set
	}
	return unix.Ftruncate(fd, 0) == nil && unix.Fchmod(fd, 0o600) == nil
}

// dir takes an empty directory, or returns nil.
func (p *pool) dir() *item {
	for len(p.dirs) > 0 {
		name := p.dirs[len(p.dirs)-1]
		p.dirs = p.dirs[:len(p.dirs)-1]
		i, _ := p.hold(name, unix.S_IFDIR)
		if i == nil {
			continue
		}
		if fd, err := unix.Openat(i.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err == nil {
			buf := make([]byte, 4096)
			n, err := unix.ReadDirent(fd, buf)
			unix.Close(fd)
			if err == nil && n >= 0 && len(entries(buf[:n])) == 0 {
				return i
			}
		}
		i.close()
	}
	return nil
}

// took notes that name is no longer in the pool.
func (p *pool) took(name string) { p.free = append(p.free, name) }

// back gives the pool one more name of the file base in dir, if the file is its own and
// has no other name: removed from there, it serves again once nobody has it open.
func (p *pool) back(dir int, base string) {
	var st unix.Stat_t
	if len(p.free) == 0 || unix.Fstatat(dir, base, &st, unix.AT_SYMLINK_NOFOLLOW) != nil ||
		st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink != 1 || !p.own[carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}] {
		return
	}
	name := p.free[len(p.free)-1]
	if unix.Linkat(dir, base, p.fd, name, 0) == nil {
		p.free = p.free[:len(p.free)-1]
		p.used = append(p.used, name)
	}
}

func entries(buf []byte) []string {
	_, _, names := unix.ParseDirent(buf, -1, nil)
	return names
}
