package chains

import (
	"slices"

	"github.com/nono-sandbox/nono/core/supervise/files"
	"github.com/nono-sandbox/nono/core/supervise/notify"
	"golang.org/x/sys/unix"
)

// tmpfile is the bit of O_TMPFILE that no other flag has.
const tmpfile = unix.O_TMPFILE &^ unix.O_DIRECTORY

// unnamed opens a file without a name in the directory d (open(2), O_TMPFILE). Its name is
// in the pool still, from where linkat(2) takes it; without that it serves again once
// nobody has it open.
func (k *Keeper) unnamed(p *files.Plan, d *Dir) files.Decision {
	flags := int(p.Attempt.Flags)
	if flags&unix.O_TMPFILE != unix.O_TMPFILE || flags&unix.O_CREAT != 0 || flags&unix.O_ACCMODE == unix.O_RDONLY {
		return kernel // which fails it
	}
	pool, i, without := k.take(d, (*pool).file)
	if i == nil {
		return without
	}
	defer i.close()
	fd := -1
	done := k.as(p, func() (err error) {
		keep := flags&^(unix.O_TMPFILE|unix.O_EXCL|unix.O_TRUNC|unix.O_NOFOLLOW) | unix.O_CLOEXEC | unix.O_NOCTTY
		if fd, err = unix.Open(i.path(), keep, 0); err != nil {
			return err
		}
		return i.renew(p, p.At.Thing, p.Attempt.Mode)
	})
	if done.Errno() != 0 {
		if fd >= 0 {
			unix.Close(fd)
		}
		pool.files = append(pool.files, i.name)
		return done
	}
	pool.used = append(pool.used, i.name)
	if flags&unix.O_EXCL != 0 {
		pool.nameless[i.name] = true
	}
	return files.Done(notify.OwnFD(fd, flags&unix.O_CLOEXEC != 0))
}

// poolOf is the pool in which what lies at p has its only name, or nil: so it does after
// O_TMPFILE.
func (k *Keeper) poolOf(p *files.Place) *pool {
	for _, pool := range k.pools {
		if p.Real == pool.path && p.Is(unix.S_IFREG) && p.Stat.Nlink == 1 && pool.is(&p.Stat) && slices.Contains(pool.used, p.Base) {
			return pool
		}
	}
	return nil
}

// name gives a file of pool that has no other name one in a directory.
func (k *Keeper) name(p *files.Plan, pool *pool) files.Decision {
	base := p.At.Base
	if pool.nameless[base] {
		return files.Refuse(unix.ENOENT) // open(2), O_EXCL with O_TMPFILE
	}
	done := k.as(p, func() error {
		return pool.place(&item{base, p.At.Thing}, k.dirs.At(p.To.Dir), p.To.Dir, p.To.Name())
	})
	if done.Errno() == 0 {
		pool.used = slices.DeleteFunc(pool.used, func(name string) bool { return name == base })
		pool.took(base)
	}
	return done
}
