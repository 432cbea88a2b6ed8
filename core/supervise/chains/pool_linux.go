package chains

import (
	"strconv"

	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// A pool is what is left of what Prepare has made for one mount.
type pool struct {
	path  string
	fd    int
	mount uint64
	reads bool
	files []string // ready to be used
	used  []string // files that came back, which somebody may still have open
	// nameless are those of used that were opened so that they never get a name.
	nameless map[string]bool
	dirs     []string
	fifos    []string
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
	// As long as the lock is held the pool is nobody's to remove; where the file system knows
	// none, the number of the process keeps it.
	unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB)
	p := &pool{path: path, fd: fd, own: map[carve.ID]bool{}, nameless: map[string]bool{}}
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
			delete(p.nameless, name)
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
