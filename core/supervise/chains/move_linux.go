package chains

import (
	"github.com/nono-sandbox/nono/core/carve"
	"github.com/nono-sandbox/nono/core/query"
	"github.com/nono-sandbox/nono/core/spec"
	"github.com/nono-sandbox/nono/core/supervise/files"
	"golang.org/x/sys/unix"
)

// remove is unlink and rmdir.
func (k *Keeper) remove(p *files.Plan, from *Dir) files.Decision {
	flags := int(p.Attempt.Flags)
	if p.Attempt.Op == query.Rmdir {
		flags = unix.AT_REMOVEDIR
		if !k.rmdir(p.At) && !(p.At.Is(unix.S_IFDIR) && k.mayMove(p.At)) {
			return kernel
		}
	}
	pool := k.pool(from)
	if private(from) && flags == 0 {
		if pool == nil {
			return kernel
		}
		return anew(k.as(p, func() error { return pool.removePrivate(p) }), unix.EAGAIN)
	}
	return k.as(p, func() error {
		if pool != nil && flags == 0 && p.At.Is(unix.S_IFREG) {
			pool.back(p.At.Dir, p.At.Base)
		}
		return unix.Unlinkat(p.At.Dir, p.At.Name(), flags)
	})
}

// mayMove reports whether what lies at p may be renamed or removed, which of directories
// is a right of its own.
func (k *Keeper) mayMove(p *files.Place) bool {
	if !p.Is(unix.S_IFDIR) || k.rmdir(p) {
		return true
	}
	return k.rmdirOwn && k.own(p)
}

// rmdir reports whether the lines let directories be removed where p is: by the switch, or
// since it is beneath a temp.
func (k *Keeper) rmdir(p *files.Place) bool { return k.names.Meant(p.Real)&carve.RemoveDir != 0 }

// own reports whether what lies at p came out of a pool.
func (k *Keeper) own(p *files.Place) bool {
	for _, pool := range k.pools {
		if pool.is(&p.Stat) {
			return true
		}
	}
	return false
}

// link gives a file of a chain directory one more name, in any.
func (k *Keeper) link(p *files.Plan, from *Dir) files.Decision {
	switch {
	case !p.At.Exists() || p.At.Is(unix.S_IFDIR) || p.To.Exists() || device(p.At):
		return kernel
	case from == nil && !k.own(p.At):
		// Its rights are its directory's, and it would have none at its new name.
		return files.Refuse(unix.EXDEV)
	}
	if pool := k.poolOf(p.At); pool != nil {
		return k.name(p, pool)
	}
	to := k.dirs.At(p.To.Dir)
	if k.gains(p, from, to) {
		return files.Refuse(unix.EXDEV)
	}
	if to == nil {
		switch {
		case !k.plain(p.To):
			return kernel
		case k.maybeDenied(p.At):
			return files.Refuse(unix.EXDEV)
		}
	}
	return k.as(p, func() error { return p.Link() })
}

// device reports whether a device node lies at p: nothing in a sandbox may link or rename
// one, which the kernel holds.
func device(p *files.Place) bool { return p.Is(unix.S_IFCHR) || p.Is(unix.S_IFBLK) }

// gains reports whether what lies at p would have rights at its new name in a chain
// directory that it lacks where it is. In this run its own rule stays, but a later one
// would grant it by the new name. Elsewhere Landlock asks the same (LANDLOCK_ACCESS_FS_REFER).
func (k *Keeper) gains(p *files.Plan, from, to *Dir) bool {
	if from == nil || to == nil {
		return false
	}
	return k.names.Meant(spec.Join(to.Path, p.To.Base))&^k.names.Meant(spec.Join(from.Path, p.At.Base)) != 0
}

// maybeDenied reports whether what lies at p has another name, which may be a denied one:
// in a directory that is granted as a whole it would be given back.
func (k *Keeper) maybeDenied(p *files.Place) bool {
	return !p.Is(unix.S_IFDIR) && p.Stat.Nlink > 1 && !k.own(p)
}

// plain reports whether names may be made at p by the lines, without a supervisor.
func (k *Keeper) plain(p *files.Place) bool {
	return p.Real != "" && k.names.Kernel(p.Real)&carve.Create != 0
}

// rename renames within chain directories, and between one and a directory where the
// command may make names itself.
func (k *Keeper) rename(p *files.Plan, from, to *Dir) files.Decision {
	const exchange = unix.RENAME_EXCHANGE
	flags := uint(p.Attempt.Flags)
	switch {
	case !p.At.Exists(), device(p.At), !k.mayMove(p.At), p.To.Exists() && !k.mayMove(p.To):
		return kernel
	case (p.At.Slash || p.To.Slash) && !p.At.Is(unix.S_IFDIR):
		return kernel // ENOTDIR, before anything else
	case flags&exchange != 0 && from != to:
		return kernel
	case from == nil && !k.plain(p.At), to == nil && !k.plain(p.To):
		return kernel
	case from == nil && !p.At.Is(unix.S_IFLNK) && !k.own(p.At):
		// Its rights are its directory's, and it would have none at its new name.
		return files.Refuse(unix.EXDEV)
	case to == nil && k.maybeDenied(p.At), k.gains(p, from, to):
		return files.Refuse(unix.EXDEV)
	case private(from, to) && (p.To.Exists() || flags&exchange != 0):
		return kernel
	case private(from, to):
		done := k.as(p, func() error { return move(p, flags|unix.RENAME_NOREPLACE, untrusted(from, to)) })
		if flags&unix.RENAME_NOREPLACE == 0 {
			done = anew(done, unix.EEXIST)
		}
		return anew(done, unix.EAGAIN)
	}
	return k.as(p, func() error {
		var pool *pool
		if to != nil && p.To.Is(unix.S_IFREG) && flags == 0 && !p.SameThing() {
			if pool = k.pool(to); pool != nil {
				pool.back(p.To.Dir, p.To.Base)
			}
		}
		if from != nil && !untrusted(from, to) {
			return unix.Renameat2(p.At.Dir, p.At.Name(), p.To.Dir, p.To.Name(), flags)
		}
		return move(p, flags, untrusted(from, to))
	})
}

// move renames, and takes that back where something else came to lie at the first name in
// the last moment: in a directory of its own the command can exchange it, in a private one
// another program. Where that could leave a symlink which later sandboxes follow, guarded
// tells to move nothing that may be one.
func move(p *files.Plan, flags uint, guarded bool) error {
	var err error
	if guarded {
		err = moveGuarded(p, flags)
	} else {
		err = unix.Renameat2(p.At.Dir, p.At.Name(), p.To.Dir, p.To.Name(), flags)
	}
	if err != nil || p.Moved() {
		return err
	}
	unix.Renameat2(p.To.Dir, p.To.Name(), p.At.Dir, p.At.Name(), unix.RENAME_NOREPLACE)
	return unix.EAGAIN
}

// anew has the call looked at once more where it was done with that errno.
func anew(done files.Decision, errno unix.Errno) files.Decision {
	if done.Errno() == errno {
		return files.Again()
	}
	return done
}
