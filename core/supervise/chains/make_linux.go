package chains

import (
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// take takes something out of the pool for d. Where the item is nil, without is how the
// call is answered.
func (k *Keeper) take(d *Dir, from func(*pool) *item) (p *pool, i *item, without files.Decision) {
	if p = k.pool(d); p == nil {
		return nil, nil, kernel
	}
	if i = from(p); i == nil {
		return p, nil, p.dry(d)
	}
	return p, i, files.Do
}

// open makes a file and opens it for the caller. What exists is the kernel's to open.
func (k *Keeper) open(p *files.Plan, d *Dir) files.Decision {
	flags := int(p.Attempt.Flags)
	switch {
	case flags&unix.O_CREAT == 0, flags&unix.O_DIRECTORY != 0:
		return kernel
	case p.At.Exists() && flags&unix.O_EXCL != 0:
		return files.Refuse(unix.EEXIST)
	case p.At.Exists():
		return kernel
	}
	pool, i, without := k.take(d, (*pool).file)
	if i == nil {
		return without
	}
	defer i.close()
	fd := -1
	done := k.as(p, func() (err error) {
		keep := flags&^(unix.O_CREAT|unix.O_EXCL|unix.O_TRUNC|unix.O_NOFOLLOW) | unix.O_CLOEXEC | unix.O_NOCTTY
		if fd, err = unix.Open(i.path(), keep, 0); err != nil {
			return err
		}
		return pool.give(p, d, i, p.Attempt.Mode)
	})
	return k.made(pool, i.name, fd, flags, done)
}

// made answers a call that was to make a file.
func (k *Keeper) made(pool *pool, name string, fd, flags int, done files.Decision) files.Decision {
	if errno := done.Errno(); errno != 0 {
		if fd >= 0 {
			unix.Close(fd)
		}
		pool.files = append(pool.files, name)
		if errno == unix.EEXIST && flags&unix.O_EXCL == 0 {
			return files.Again()
		}
		return done
	}
	pool.took(name)
	if fd < 0 {
		return done
	}
	return files.Done(notify.OwnFD(fd, flags&unix.O_CLOEXEC != 0))
}

// mkdir makes a directory.
func (k *Keeper) mkdir(p *files.Plan, d *Dir) files.Decision {
	if p.At.Exists() {
		return files.Refuse(unix.EEXIST)
	}
	pool, i, without := k.take(d, (*pool).dir)
	if i == nil {
		return without
	}
	defer i.close()
	done := k.as(p, func() error { return pool.give(p, d, i, p.Attempt.Mode&0o1777) })
	if done.Errno() != 0 {
		pool.dirs = append(pool.dirs, i.name)
	}
	return done
}

// mknod makes a file or a FIFO. What is made of a socket so is of no use.
func (k *Keeper) mknod(p *files.Plan, d *Dir) files.Decision {
	switch {
	case p.Attempt.Op != query.Create && p.Attempt.Op != query.Mkfifo:
		return kernel
	case p.At.Exists():
		return files.Refuse(unix.EEXIST)
	case p.Attempt.Op == query.Mkfifo:
		return k.mkfifo(p, d)
	}
	pool, i, without := k.take(d, (*pool).file)
	if i == nil {
		return without
	}
	defer i.close()
	done := k.as(p, func() error { return pool.give(p, d, i, p.Attempt.Mode) })
	return k.made(pool, i.name, -1, unix.O_EXCL, done)
}

// mkfifo makes a FIFO, which does not serve again.
func (k *Keeper) mkfifo(p *files.Plan, d *Dir) files.Decision {
	pool, i, without := k.take(d, (*pool).fifo)
	if i == nil {
		return without
	}
	defer i.close()
	done := k.as(p, func() error { return pool.give(p, d, i, p.Attempt.Mode) })
	if done.Errno() != 0 {
		pool.fifos = append(pool.fifos, i.name)
	}
	return done
}

// give makes the item as if it had just been made where the plan says, in d, and renames
// it there. It runs as the caller.
func (p *pool) give(plan *files.Plan, d *Dir, i *item, mode uint32) error {
	if err := i.renew(plan, plan.At.Dir, mode); err != nil {
		return err
	}
	return p.place(i, d, plan.At.Dir, plan.At.Base)
}

// place renames the item in the pool to base in the directory dir, which is d unless
// that is nil. By another mount the caller may come to the same directory; a rename does
// not go from one mount to another, so it is made in the directory by the pool's.
func (p *pool) place(i *item, d *Dir, dir int, base string) error {
	err := p.placeIn(i, d, dir, base)
	if err != unix.EXDEV || d == nil || d.mount != p.mount {
		return err
	}
	if err := unix.Faccessat(dir, ".", unix.W_OK, unix.AT_EACCESS); err == unix.EROFS {
		return err // that mount alone is for reading
	}
	same, err := unix.Open(d.Path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return unix.EACCES
	}
	defer unix.Close(same)
	asked, _, err := identity(dir)
	if found, _, e := identity(same); err != nil || e != nil || found != asked {
		return unix.EACCES
	}
	return p.placeIn(i, d, same, base)
}

// placeIn renames the item to base in dir. In the pool, which may lie in the private temp,
// the command can exchange its name.
func (p *pool) placeIn(i *item, d *Dir, dir int, base string) error {
	if !untrusted(nil, d) {
		return unix.Renameat2(p.fd, i.name, dir, base, unix.RENAME_NOREPLACE)
	}
	var st unix.Stat_t
	if err := unix.Fstat(i.fd, &st); err != nil {
		return err
	}
	return enter(i.fd, st.Mode, p.fd, i.name, dir, base, unix.RENAME_NOREPLACE)
}

// renew makes the item as if it had just been made in the directory parent. It runs as
// the caller.
func (i *item) renew(plan *files.Plan, parent int, mode uint32) error {
	var dir, st unix.Stat_t
	if err := unix.Fstat(parent, &dir); err != nil {
		return err
	}
	if err := unix.Fstat(i.fd, &st); err != nil {
		return err
	}
	mode = mode & 0o7777 &^ plan.Umask()
	if dir.Mode&unix.S_ISGID != 0 {
		// A directory that hands its group on (inode(7)).
		if err := unix.Fchownat(i.fd, "", -1, int(dir.Gid), unix.AT_EMPTY_PATH); err != nil {
			return err
		}
		if st.Mode&unix.S_IFMT == unix.S_IFDIR {
			mode |= unix.S_ISGID
		}
	}
	if err := unix.Chmod(i.path(), mode); err != nil {
		return err
	}
	now := []unix.Timespec{{Nsec: unix.UTIME_NOW}, {Nsec: unix.UTIME_NOW}}
	return unix.UtimesNanoAt(unix.AT_FDCWD, i.path(), now, 0)
}
