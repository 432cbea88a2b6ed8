package chains

import (
	"os"
	"strconv"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/fdio"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// How many files and directories a command can make in chain directories of one mount:
// so many more as there are already, since what builds in place makes about one file for
// each, within bounds. Each costs about 50 µs at the start. A file that is removed or
// replaced there, and that nobody has open, serves again.
const (
	leastFiles, mostFiles = 64, 512
	leastDirs, mostDirs   = 16, 64
	poolFIFOs             = 4
)

// Prepare makes, for each mount that has chain directories, empty files and directories
// that the sandbox of s grants each by itself: a Landlock rule is of the thing and not of
// its name, so what is renamed to a new name in a chain directory can be used there like
// everything else. It adds the lines to s, and returns where they lie, and the directories
// in which nothing can be made, since they give no place for them. dirs are those of s.
func Prepare(s *spec.Spec, dirs Dirs, temp string) (pools []string, without []string) {
	type key struct {
		mount uint64
		reads bool
	}
	groups := map[key][]*Dir{}
	var order []key
	for _, d := range dirs.sorted() {
		k := key{d.mount, d.reads}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], d)
	}
	for _, k := range order {
		path, err := makePool(s, groups[k], temp)
		if err != nil {
			for _, d := range groups[k] {
				without = append(without, d.Path)
			}
			continue
		}
		pools = append(pools, path)
	}
	return pools, without
}

// makePool makes the pool for all, in the private temp where that is on the same mount
// and else in the first of them that lets it.
func makePool(s *spec.Spec, all []*Dir, temp string) (path string, err error) {
	if fd, err := unix.Open(temp, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
		if _, mount, err := identity(fd); err == nil && mount == all[0].mount {
			path = spec.Join(temp, ".names-"+strconv.FormatBool(all[0].reads))
		}
		unix.Close(fd)
	}
	if path != "" {
		return path, fill(s, path, all)
	}
	for _, d := range all {
		path = spec.Join(d.Path, ".nono-names-"+strconv.Itoa(os.Getpid()))
		if err = fill(s, path, all); err == nil {
			break
		}
	}
	return path, err
}

// fill makes the directory path and what is in it. It adds all lines to s, or none.
func fill(s *spec.Spec, path string, all []*Dir) error {
	if err := unix.Mkdir(path, 0o700); err != nil {
		return err
	}
	var entries, directories int
	for _, d := range all {
		e, n := count(d.Path)
		entries, directories = entries+e, directories+n
	}
	dir, file := spec.Write, spec.WriteFile
	if all[0].reads {
		dir, file = spec.Allow, spec.AllowFile
	}
	var lines []spec.Path
	for _, part := range []struct {
		prefix string
		count  int
		kind   spec.Kind
		make   func(name string) error
	}{
		{"f", min(leastFiles+entries, mostFiles), file, func(name string) error { return unix.Mknod(name, unix.S_IFREG|0o600, 0) }},
		{"d", min(leastDirs+directories, mostDirs), dir, func(name string) error { return unix.Mkdir(name, 0o700) }},
		{"p", poolFIFOs, file, func(name string) error { return unix.Mkfifo(name, 0o600) }},
	} {
		for n := range part.count {
			name := spec.Join(path, part.prefix+strconv.Itoa(n))
			if err := part.make(name); err != nil {
				os.RemoveAll(path)
				return err
			}
			lines = append(lines, spec.Path{Kind: part.kind, Path: name, By: spec.Origin{Source: spec.System}})
		}
	}
	s.Paths = append(s.Paths, lines...)
	return nil
}

// A pool is what is left of them.
type pool struct {
	path  string
	fd    int
	mount uint64
	reads bool
	files []string // ready to be used
	used  []string // files that came back, which somebody may still have open
	dirs  []string
	fifos []string
	// free are names that no file of the pool has, and own what the pool was made of.
	free []string
	own  map[carve.ID]bool
	// most is how many files and directories there were, and without the directory in
	// which the next one could not be made.
	most    int
	without *Dir
}

// openPool opens what Prepare has made at path, before anybody inside can reach it.
func openPool(path string) (*pool, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	p := &pool{path: path, fd: fd, own: map[carve.ID]bool{}}
	if _, p.mount, err = identity(fd); err != nil {
		return nil, err
	}
	names, err := list(fd)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var st unix.Stat_t
		if err := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return nil, err
		}
		p.own[carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}] = true
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			p.files = append(p.files, name)
		case unix.S_IFDIR:
			p.dirs = append(p.dirs, name)
		case unix.S_IFIFO:
			p.fifos = append(p.fifos, name)
		}
	}
	p.most = len(names)
	return p, nil
}

// is reports whether st is of something that the pool was made of.
func (p *pool) is(st *unix.Stat_t) bool { return p.own[carve.ID{Dev: uint64(st.Dev), Ino: st.Ino}] }

// dry refuses to make one more in d: EDQUOT is the errno of a limit on how many files
// there may be.
func (p *pool) dry(d *Dir) files.Decision {
	if p.without == nil {
		p.without = d
	}
	return files.Refuse(unix.EDQUOT)
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
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != kind || !p.is(&st) {
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
			names, err := list(fd)
			unix.Close(fd)
			if err == nil && len(names) == 0 {
				return i
			}
		}
		i.close()
	}
	return nil
}

// fifo takes a FIFO, or returns nil.
func (p *pool) fifo() *item {
	for len(p.fifos) > 0 {
		name := p.fifos[len(p.fifos)-1]
		p.fifos = p.fifos[:len(p.fifos)-1]
		i, st := p.hold(name, unix.S_IFIFO)
		if i != nil && st.Nlink == 1 {
			return i
		}
		if i != nil {
			i.close()
		}
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
		st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink != 1 || !p.is(&st) {
		return
	}
	name := p.free[len(p.free)-1]
	if unix.Linkat(dir, base, p.fd, name, 0) == nil {
		p.free = p.free[:len(p.free)-1]
		p.used = append(p.used, name)
	}
}

// count tells how many entries a directory has, and how many directories are among them,
// of the first thousand or so.
func count(path string) (entries, directories int) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, 0
	}
	defer unix.Close(fd)
	buf := make([]byte, 32<<10)
	n, err := unix.Getdents(fd, buf)
	if err != nil {
		return 0, 0
	}
	for rest := buf[:n]; len(rest) > 0; {
		var e fdio.Dirent
		e, rest = fdio.Entry(rest)
		entries++
		if e.Kind == unix.DT_DIR {
			directories++
		}
	}
	return entries, directories
}

// list returns the names in the directory fd.
func list(fd int) ([]string, error) {
	var names []string
	buf := make([]byte, 16<<10)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}
